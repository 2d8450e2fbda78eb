import * as v from 'valibot';
import { checkNow } from '../../call/check-schema.ts';
import { onlyFields } from '../../call/only-fields.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import { invalidInput } from '../../queue/input/check-input.ts';

const PATH = 'a path that begins with / and does not end with it, such as /ops/cancellations';
const METHODS = [
  'get',
  'list',
  'stats',
  'retry',
  'resolve',
  'withdraw',
  'confirm',
  'readBack',
  'resume',
  'whereToLook',
];

const fn = v.custom<unknown>(isFunction, 'a function');

const schema: StandardSchema<unknown, unknown> = v.pipe(
  v.unknown(),
  onlyFields({
    queue: v.custom<unknown>(isQueue, 'what createCancelQueue returned'),
    authorize: fn,
    basePath: v.optional(v.pipe(v.string(PATH), v.regex(/^(?:\/[\w.~-]+)*$/, PATH))),
    label: v.optional(v.pipe(v.string('a text'), v.maxLength(40, 'at most 40 characters'))),
    onError: v.optional(fn),
  }),
);

/** The options, unchanged. @throws ProviderError `invalid_request` */
export function checkedOptions<Options>(options: Options): Options {
  const checked = checkNow(schema, options);
  if (checked.ok) return options;
  throw invalidInput(
    checked.issues.map((issue) => ({ ...issue, path: issue.path === '' ? 'options' : `options.${issue.path}` })),
  );
}

function isQueue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && METHODS.every((name) => isFunction(Reflect.get(value, name)));
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

import * as v from 'valibot';
import { REASON_LABELS, type Reason, type ReasonCategory } from '../contract/reason.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { type AnyWhen, TIMINGS, type Timing } from '../contract/vocabulary.ts';
import { calendarDay, parseWhen } from '../contract/when.ts';
import { listed, only } from './issue-text.ts';

/** A request's parts, checked; the service and the extras not yet. */
export interface CheckedCancelRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: AnyWhen;
  readonly reason: Reason | undefined;
  readonly reference: string | undefined;
  readonly extras: Readonly<Record<string, unknown>> | undefined;
}

/** The parts of a confirmation, checked; the service and the extras not yet. */
export interface CheckedConfirmRequest extends Omit<CheckedCancelRequest, 'when'> {
  /** A secret. */
  readonly token: string;
}

/** A read-back's parts, checked; the service not yet. */
export interface CheckedStatusRequest extends CheckedRevokeRequest {
  readonly providerReference: string | undefined;
}

/** The parts of a search, checked. */
export interface CheckedFindRequest {
  readonly account: string;
  /** Without white space around it. */
  readonly query: string;
  readonly limit: number | undefined;
}

/** The parts of an undo, or of a question for options, checked; the service not yet. */
export type CheckedRevokeRequest = Pick<CheckedCancelRequest, 'account' | 'service'>;

const account = v.string('the name of an account');

const fields = (
  expected: string,
): v.GenericSchema<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> =>
  v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      expected,
    ),
    v.transform((value) => ({ ...value })),
  );

const service = fields('an object with the ids of the service');

const extras = v.optional(fields('an object with the provider’s own fields'));

/** What `when` may be, in words: what the provider offers. */
function whenWords(timings: readonly Timing[]): string {
  return listed(
    timings.map((timing) => (timing === 'on_date' ? "a date as { on: '2026-12-31' }" : `'${timing}'`)),
    'or',
  );
}

const DAY = 'a day of the calendar, such as 2026-12-31';

const onDate = v.strictObject(
  {
    on: v.pipe(
      v.string(DAY),
      v.check((text) => calendarDay(text) !== undefined, DAY),
    ),
  },
  ({ expected }) => (expected === '"on"' ? DAY : only('on')),
);

/** A timing or a date. Not a union: that would say nothing of what is wrong with the date. */
function whenSchema(expected: string): v.GenericSchema<unknown, AnyWhen> {
  const timing = v.custom<Exclude<AnyWhen, object>>(
    (value) => typeof value === 'string' && parseWhen(value) === value,
    expected,
  );
  return v.lazy((input) => (typeof input === 'object' && input !== null && !Array.isArray(input) ? onDate : timing));
}

// A person copies it out of a message.
const token = v.pipe(
  v.string('the token that the provider sent'),
  v.transform((text) => text.trim()),
  v.regex(/^\P{Cc}{1,4096}$/u, 'the token that the provider sent'),
);

const reference = v.pipe(
  v.string('a text of 1 to 128 characters'),
  v.minLength(1, 'a text of 1 to 128 characters'),
  v.maxLength(128, 'a text of 1 to 128 characters'),
  v.regex(/^\P{Cc}*$/u, 'a text without control characters'),
  v.check((text) => text.isWellFormed(), 'well-formed text'),
);

const providerReference = v.pipe(
  v.string('the providerReference of an earlier result'),
  v.regex(/^[\x21-\x7e]{1,256}$/, 'the providerReference of an earlier result'),
);

const categories = v.picklist(categoryNames(), `one of the categories ${categoryNames().join(', ')}`);

const expectedReason = 'a text, or an object with category, text or providerCode';

const reasonDetails = v.strictObject(
  {
    category: v.optional(categories),
    text: v.optional(v.string('a text')),
    providerCode: v.optional(v.string('a text')),
  },
  only('category', 'text', 'providerCode'),
);

// Not a union: that would say nothing of what is wrong inside the object.
const reason = v.lazy((input) =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? reasonDetails : v.string(expectedReason),
);

const statusMessage = only('account', 'service', 'providerReference');

const revokeMessage = only('account', 'service');

const cancelMessage = only('account', 'service', 'when', 'reason', 'reference', 'extras');

const confirmMessage = only('account', 'service', 'token', 'reason', 'reference', 'extras');

const details = { reason: v.optional(reason), reference: v.optional(reference), extras };

/** What may be left out, as a field all the same. */
function withDetails<Request extends Partial<Details>>(request: Request): Request & Details {
  const { reason: why, reference: id, extras: own } = request;
  return { ...request, reason: why, reference: id, extras: own };
}

type Details = Pick<CheckedCancelRequest, 'reason' | 'reference' | 'extras'>;

// Keyed by the list of timings that the messages name. Each provider has one such list.
const cancelSchemas = new WeakMap<readonly Timing[], StandardSchema<unknown, CheckedCancelRequest>>();

/**
 * Checks a cancellation that was built at run time just as strictly as the types do. A timing of another provider
 * passes: that is `unsupported`.
 *
 * @param timings what the account's provider offers, for the messages. Left out: everything.
 */
export function cancelRequestSchema(
  timings: readonly Timing[] = TIMINGS,
): StandardSchema<unknown, CheckedCancelRequest> {
  const known = cancelSchemas.get(timings);
  if (known !== undefined) return known;
  const words = whenWords(timings);
  const made = v.pipe(
    v.unknown(),
    v.strictObject({ account, service, when: whenSchema(words), ...details }, ({ expected }) =>
      expected === '"when"' ? words : cancelMessage,
    ),
    v.transform(withDetails),
  );
  cancelSchemas.set(timings, made);
  return made;
}

/** The same for the confirmation of a cancellation. */
export const confirmRequestSchema: StandardSchema<unknown, CheckedConfirmRequest> = v.pipe(
  v.unknown(),
  v.strictObject({ account, service, token, ...details }, confirmMessage),
  v.transform(withDetails),
);

/** The same for a read-back. */
export const statusRequestSchema: StandardSchema<unknown, CheckedStatusRequest> = v.pipe(
  v.unknown(),
  v.strictObject({ account, service, providerReference: v.optional(providerReference) }, statusMessage),
  v.transform((request) => ({ ...request, providerReference: request.providerReference })),
);

/** The same for an undo, and for a question for options. */
export const revokeRequestSchema: StandardSchema<unknown, CheckedRevokeRequest> = v.pipe(
  v.unknown(),
  v.strictObject({ account, service }, revokeMessage),
);

const QUERY = 'a text of 1 to 256 characters';
const LIMIT = 'a whole number from 1 to 1000';

/** The same for a search. */
export const findRequestSchema: StandardSchema<unknown, CheckedFindRequest> = v.pipe(
  v.unknown(),
  v.strictObject(
    {
      account,
      query: v.pipe(
        v.string(QUERY),
        v.transform((text) => text.trim()),
        v.regex(/^\P{Cc}{1,256}$/u, QUERY),
        v.check((text) => text.isWellFormed(), 'well-formed text'),
      ),
      limit: v.optional(v.pipe(v.number(LIMIT), v.integer(LIMIT), v.minValue(1, LIMIT), v.maxValue(1000, LIMIT))),
    },
    only('account', 'query', 'limit'),
  ),
  v.transform((request) => ({ ...request, limit: request.limit })),
);

function categoryNames(): ReasonCategory[] {
  return Object.keys(REASON_LABELS).filter((name): name is ReasonCategory => Object.hasOwn(REASON_LABELS, name));
}

import type { ApiOperation } from './description.ts';
import { samplesOf } from './json-schema.ts';

/** One answer that the description lets an operation give. */
export interface DocumentedAnswer {
  /** `200, example` */
  readonly name: string;
  readonly status: number;
  readonly contentType: string | undefined;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out: no body. */
  readonly body?: unknown;
}

/** The bodies that are generated from the schema of a success, and from that of an error. */
const SAMPLES = { success: 8, error: 2 } as const;

/** The statuses that a description with a `default` leaves open. */
const DEFAULT_STATUSES = [401, 403, 404, 409, 500];

/**
 * Every answer that the description lets an operation give: its statuses, its examples, and bodies from its schemas.
 *
 * @param values for the fields of these names in the generated bodies.
 */
export function documentedAnswers(
  { responses }: ApiOperation,
  values: Readonly<Record<string, unknown>> = {},
): readonly DocumentedAnswer[] {
  return Object.entries(responses).flatMap(([key, { content }]) => {
    const statuses = key === 'default' ? DEFAULT_STATUSES.filter((one) => !(String(one) in responses)) : [Number(key)];
    const samples = Number(key) < 300 ? SAMPLES.success : SAMPLES.error;
    const bodies = Object.entries(content).flatMap(([contentType, { schema, example, examples = {} }]) => [
      ...[example, schema?.['example']]
        .filter((body) => body !== undefined)
        .map((body) => ({ name: 'example', contentType, body })),
      ...Object.entries(examples).map(([name, { value: body }]) => ({ name: `example ${name}`, contentType, body })),
      ...(schema === undefined ? [] : samplesOf(schema, samples)).map((body, index) => ({
        name: `generated ${index + 1}`,
        contentType,
        body: withValues(body, values),
      })),
    ]);
    return statuses.flatMap((status) =>
      (bodies.length === 0 ? [{ name: 'empty', contentType: undefined }] : bodies).map((body) => ({
        ...body,
        status,
        name: `${status}, ${body.name}`,
      })),
    );
  });
}

function withValues(body: unknown, values: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) => (Object.hasOwn(values, key) ? values[key] : value));
}

/** A documented answer as `fetch` returns it. */
export function responseOf({ status, contentType, headers, body }: DocumentedAnswer): Response {
  const isText = typeof body === 'string' && contentType?.includes('json') === false;
  const text = body === undefined ? null : isText ? body : JSON.stringify(body);
  return new Response(NO_BODY.has(status) ? null : text, {
    status,
    headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
  });
}

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

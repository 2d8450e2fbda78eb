import {
  accepted,
  duplicate,
  effectiveAt,
  readBody,
  refused,
  stateUntil,
  unclear,
  type CancelVerdict,
  type CancellationStatus,
  type ProviderResponse,
  type RefusalCode,
  type RefusedVerdict,
  type RevokeVerdict,
  type StatusVerdict,
  type UnclearVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';

const cancellationSchema = v.object({
  id: v.string(),
  timing: v.picklist(['now', 'period_end']),
  effective_on: v.optional(v.string()),
});
const acceptedSchema = v.object({ cancellation: cancellationSchema });
const readSchema = v.object({
  cancellation: v.nullable(
    v.object({ ...cancellationSchema.entries, state: v.picklist(['pending', 'done', 'failed']) }),
  ),
});
const undoneSchema = v.object({ cancellation: v.null() });
const errorSchema = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

/** What each of the API's error codes means. A code that is not here is a refusal like any other. */
const CODES: ReadonlyMap<string, { readonly code: RefusalCode; readonly message: string }> = new Map([
  ['invalid_token', { code: 'unauthorized', message: 'the API token is not valid. Make a new one in the panel.' }],
  ['read_only_token', { code: 'forbidden', message: 'the API token may only read. Make one that may write.' }],
  ['subscription_not_found', { code: 'not_found', message: 'there is no such subscription in this account.' }],
  ['cancellation_not_found', { code: 'not_found', message: 'there is no such cancellation of this subscription.' }],
  ['too_many_requests', { code: 'rate_limited', message: 'too many requests. Nothing was processed.' }],
]);

const NOT_ACCEPTED = { code: 'rejected', message: 'the request was not accepted.' } as const;

/** What an answer to the cancellation means. The body decides first; a status alone proves no success. */
export function fromCancelResponse(response: ProviderResponse): CancelVerdict {
  const error = readBody(response, errorSchema)?.error;
  if (error !== undefined) {
    const { code, message } = error;
    if (code !== 'cancellation_exists') return failure(response.status, code, message);
    const words = { providerCode: code, providerMessage: message };
    return { ...duplicate('the subscription is being cancelled already.'), ...words };
  }
  const cancellation = response.status === 201 ? readBody(response, acceptedSchema)?.cancellation : undefined;
  if (cancellation === undefined) return { verdict: 'unrecognized' };
  return { ...accepted(effectiveAt(cancellation.effective_on)), providerReference: cancellation.id };
}

/** What an answer to the read-back means. Only the API's own `null` means that there is no cancellation. */
export function fromStatusResponse(response: ProviderResponse): StatusVerdict {
  const error = readBody(response, errorSchema)?.error;
  if (error !== undefined) return failure(response.status, error.code, error.message);
  const read = readBody(response, readSchema);
  if (read === undefined || response.status !== 200) return { verdict: 'unrecognized' };
  if (read.cancellation === null) return { verdict: 'found', status: { state: 'none', revocable: false, raw: read } };
  return { verdict: 'found', status: { ...statusOf(read.cancellation), raw: read } };
}

/** What a response to an undo means. That the cancellation is gone is read back by the core. */
export function fromRevokeResponse(response: ProviderResponse): RevokeVerdict {
  const error = readBody(response, errorSchema)?.error;
  if (error !== undefined) return failure(response.status, error.code, error.message);
  const isUndone = response.status === 200 && readBody(response, undoneSchema) !== undefined;
  return isUndone ? { verdict: 'accepted', outcome: 'revoked' } : { verdict: 'unrecognized' };
}

type Cancellation = NonNullable<v.InferOutput<typeof readSchema>['cancellation']>;

function statusOf({ state, timing, effective_on }: Cancellation): Omit<CancellationStatus, 'raw'> {
  const when = timing === 'now' ? 'immediate' : 'end_of_period';
  if (state !== 'pending') return { state: state === 'done' ? 'completed' : 'failed', when, revocable: false };
  return { ...stateUntil(effectiveAt(effective_on)), when, revocable: true };
}

function failure(status: number, providerCode: string, providerMessage: string): RefusedVerdict | UnclearVerdict {
  const words = { providerCode, providerMessage };
  if (status >= 500) return unclear('server_error', 'the server failed.', words);
  const { code, message } = CODES.get(providerCode) ?? NOT_ACCEPTED;
  return { ...refused(code, message), ...words };
}

import type {
  CancellationStatus,
  CancelVerdict,
  EffectiveAt,
  ProviderResponse,
  RefusalCode,
  RefusedVerdict,
  RevokeVerdict,
  StatusVerdict,
  UnclearVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';

const cancellationSchema = v.object({
  id: v.string(),
  timing: v.picklist(['now', 'period_end']),
  effective_on: v.optional(v.pipe(v.string(), v.isoDate())),
});
const acceptedSchema = v.object({ cancellation: cancellationSchema });
const readSchema = v.object({
  cancellation: v.nullable(
    v.object({ ...cancellationSchema.entries, state: v.picklist(['pending', 'done', 'failed']) }),
  ),
});
const withdrawnSchema = v.object({ cancellation: v.null() });
const errorSchema = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

/** What each of the API's error codes means. A code that is not here is a refusal like any other. */
const CODES: ReadonlyMap<string, { readonly code: RefusalCode; readonly message: string }> = new Map([
  ['invalid_token', { code: 'unauthorized', message: 'the API token is not valid. Make a new one in the panel.' }],
  ['read_only_token', { code: 'forbidden', message: 'the API token may only read. Make one that may write.' }],
  ['subscription_not_found', { code: 'not_found', message: 'there is no such subscription in this account.' }],
  ['cancellation_not_found', { code: 'not_found', message: 'there is no such cancellation of this subscription.' }],
  ['too_many_requests', { code: 'rate_limited', message: 'too many requests. Nothing was processed.' }],
]);

/** What an answer to the cancellation means. The body decides first; a status alone proves no success. */
export function fromCancelResponse({ status, body }: ProviderResponse): CancelVerdict {
  if (body.kind !== 'json') return { verdict: 'unrecognized' };
  const error = v.safeParse(errorSchema, body.value);
  if (error.success) {
    const { code, message } = error.output.error;
    if (code !== 'cancellation_exists') return failure(status, code, message);
    return {
      verdict: 'duplicate',
      ambiguous: false,
      message: 'the subscription is being cancelled already.',
      providerCode: code,
      providerMessage: message,
    };
  }
  const accepted = v.safeParse(acceptedSchema, body.value);
  if (!accepted.success || status !== 201) return { verdict: 'unrecognized' };
  const { cancellation } = accepted.output;
  const effectiveAt = effectiveAtOf(cancellation.effective_on);
  return {
    verdict: 'accepted',
    outcome: effectiveAt === undefined ? 'requested' : 'scheduled',
    providerReference: cancellation.id,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}

/** What an answer to the read-back means. Only the API's own `null` means that there is no cancellation. */
export function fromStatusResponse({ status, body }: ProviderResponse): StatusVerdict {
  if (body.kind !== 'json') return { verdict: 'unrecognized' };
  const error = v.safeParse(errorSchema, body.value);
  if (error.success) return failure(status, error.output.error.code, error.output.error.message);
  const read = v.safeParse(readSchema, body.value);
  if (!read.success || status !== 200) return { verdict: 'unrecognized' };
  const { cancellation } = read.output;
  if (cancellation === null) {
    return { verdict: 'found', status: { state: 'none', revocable: false, raw: body.value } };
  }
  return { verdict: 'found', status: { ...statusOf(cancellation), raw: body.value } };
}

/** What an answer to the withdrawal means. That the cancellation is gone is read back by the core. */
export function fromRevokeResponse({ status, body }: ProviderResponse): RevokeVerdict {
  if (body.kind !== 'json') return { verdict: 'unrecognized' };
  const error = v.safeParse(errorSchema, body.value);
  if (error.success) return failure(status, error.output.error.code, error.output.error.message);
  const isWithdrawn = status === 200 && v.is(withdrawnSchema, body.value);
  return isWithdrawn ? { verdict: 'accepted', outcome: 'revoked' } : { verdict: 'unrecognized' };
}

type Cancellation = NonNullable<v.InferOutput<typeof readSchema>['cancellation']>;

function statusOf({ state, timing, effective_on }: Cancellation): Omit<CancellationStatus, 'raw'> {
  const when = timing === 'now' ? 'immediate' : 'end_of_period';
  if (state !== 'pending') return { state: state === 'done' ? 'completed' : 'failed', when, revocable: false };
  const effectiveAt = effectiveAtOf(effective_on);
  return effectiveAt === undefined
    ? { state: 'requested', when, revocable: true }
    : { state: 'scheduled', when, effectiveAt, revocable: true };
}

function failure(status: number, providerCode: string, providerMessage: string): RefusedVerdict | UnclearVerdict {
  const words = { providerCode, providerMessage };
  if (status >= 500) return { verdict: 'unclear', reason: 'server_error', message: 'the server failed.', ...words };
  const known = CODES.get(providerCode) ?? { code: 'rejected' as const, message: 'the request was not accepted.' };
  return { verdict: 'refused', ...known, ...words };
}

function effectiveAtOf(date: string | undefined): EffectiveAt | undefined {
  return date === undefined ? undefined : { value: date, precision: 'date', source: 'provider' };
}

import type { Account, ConfigSource, ReasonField } from 'cancelkit';
import {
  defineProvider,
  type CancelOrder,
  type CancelVerdict,
  type Exchange,
  type Provider,
  type ProviderRequest,
  type StatusVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';

/** Configuration of the made-up provider that the core is tested with. */
export interface AcmeConfig {
  readonly baseUrl: string;
  readonly token: string;
}

/** Its service reference. */
export interface AcmeService {
  readonly hostingId: string;
  readonly domain: string;
}

type CancelScript = (order: CancelOrder<AcmeService>, config: AcmeConfig) => Exchange<CancelVerdict>;
type StatusScript = (service: AcmeService, config: AcmeConfig) => Exchange<StatusVerdict>;

/** What a test can make different about the provider. */
export interface AcmeVariant {
  readonly cancel?: CancelScript;
  readonly status?: StatusScript;
  readonly reason?: ReasonField;
  readonly secrets?: (config: AcmeConfig) => readonly string[];
}

const config = v.strictObject({ baseUrl: v.string(), token: v.pipe(v.string(), v.minLength(6)) });
const service = v.strictObject({ hostingId: v.string(), domain: v.string() });
const env = { baseUrl: 'ACME_URL', token: 'ACME_TOKEN' } as const;
const timings = ['immediate', 'end_of_period'] as const;

type AcmeProvider<Operation extends 'cancel' | 'status'> = Provider<
  'acme',
  AcmeConfig,
  AcmeService,
  'immediate' | 'end_of_period',
  Operation
>;

/** A provider with both timings and read-back. */
export function acmeProvider(variant: AcmeVariant = {}): AcmeProvider<'cancel' | 'status'> {
  return defineProvider({
    specVersion: 1,
    id: 'acme',
    capabilities: { ...capabilities(variant), timings, readBack: true },
    config,
    env,
    service,
    baseUrl: ({ baseUrl }) => baseUrl,
    secrets: variant.secrets ?? (({ token }) => [token]),
    cancel: variant.cancel ?? acmeCancel,
    status: variant.status ?? acmeStatus,
  });
}

/** The same without read-back. */
export function blindAcmeProvider(variant: AcmeVariant = {}): AcmeProvider<'cancel'> {
  return defineProvider({
    specVersion: 1,
    id: 'acme',
    capabilities: { ...capabilities(variant), timings, readBack: false },
    config,
    env,
    service,
    baseUrl: ({ baseUrl }) => baseUrl,
    secrets: variant.secrets ?? (({ token }) => [token]),
    cancel: variant.cancel ?? acmeCancel,
  });
}

/** An account at {@link acmeProvider}. */
export type AcmeAccount = Account<'acme', AcmeService, 'immediate' | 'end_of_period', 'cancel' | 'status'>;

/** Makes an account at a variant of the provider. */
export function acme(source?: ConfigSource<AcmeConfig>, variant: AcmeVariant = {}): AcmeAccount {
  return acmeProvider(variant).account(source);
}

/** A sound cancellation of the account `acme`. */
export const REQUEST = {
  account: 'acme',
  service: { hostingId: 'h-1', domain: 'example.com' },
  when: 'end_of_period',
} as const;

/** The request that the provider cancels with. */
export function toWrite(
  { service: { hostingId, domain }, when, reasonText, reference }: CancelOrder<AcmeService>,
  { token }: AcmeConfig,
): ProviderRequest {
  return {
    effect: 'write',
    method: 'POST',
    path: ['services', hostingId, 'cancel'],
    headers: { authorization: `Bearer ${token}` },
    json: { domain, when, reason: reasonText, reference },
  };
}

/** The request that it reads the state with. */
export function toRead({ hostingId }: AcmeService, { token }: AcmeConfig): ProviderRequest {
  return {
    effect: 'read',
    method: 'GET',
    path: ['services', hostingId],
    headers: { authorization: `Bearer ${token}` },
  };
}

/** The provider's usual cancellation: one write. */
export function* acmeCancel(order: CancelOrder<AcmeService>, given: AcmeConfig): Exchange<CancelVerdict> {
  const { status, body } = yield toWrite(order, given);
  const answer = v.safeParse(answerSchema, body.kind === 'json' ? body.value : undefined);
  if (!answer.success) return { verdict: 'unrecognized' };
  const { result, reference, code, message: providerMessage = '' } = answer.output;
  const words = { ...(code === undefined ? {} : { providerCode: code }), providerMessage };
  if (result === 'success' && status < 300) {
    return { verdict: 'accepted', outcome: 'requested', ...(reference ? { providerReference: reference } : {}) };
  }
  if (result === 'duplicate' || result === 'not_active') {
    return { verdict: 'duplicate', ambiguous: result === 'not_active', message: 'There is one already.', ...words };
  }
  if (result === 'refused') return { verdict: 'refused', code: 'rejected', message: 'It was refused.', ...words };
  return { verdict: 'unclear', reason: 'provider_error', message: 'It did not say what happened.', ...words };
}

/** The provider's usual read-back: one read. */
export function* acmeStatus(wanted: AcmeService, given: AcmeConfig): Exchange<StatusVerdict> {
  const { body } = yield toRead(wanted, given);
  const answer = v.safeParse(stateSchema, body.kind === 'json' ? body.value : undefined);
  if (!answer.success) return { verdict: 'unrecognized' };
  const { state, when, reason } = answer.output;
  return {
    verdict: 'found',
    status: {
      state,
      ...(when === undefined ? {} : { when }),
      ...(reason === undefined ? {} : { reason }),
      revocable: false,
      raw: answer.output,
    },
  };
}

const answerSchema = v.looseObject({
  result: v.picklist(['success', 'duplicate', 'not_active', 'refused', 'odd']),
  reference: v.optional(v.string()),
  code: v.optional(v.string()),
  message: v.optional(v.string()),
});

const stateSchema = v.looseObject({
  state: v.picklist(['none', 'requested', 'scheduled', 'completed', 'failed', 'unknown']),
  when: v.optional(v.picklist(timings)),
  reason: v.optional(v.string()),
});

function capabilities(variant: AcmeVariant): {
  readonly reason: ReasonField;
  readonly revoke: false;
  readonly immediateDestroysData: 'unknown';
  readonly recognizesRepeat: 'documented';
} {
  return {
    reason: variant.reason ?? { field: 'optional' },
    revoke: false,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'documented',
  };
}

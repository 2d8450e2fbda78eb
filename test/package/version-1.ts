/**
 * An adapter of version 1 of the contract, as an author outside this repository has written it: tried against the
 * sources by the conformance suite, and against what is published by the package checks.
 */
import {
  calendarDay,
  defineProvider,
  isBaseUrl,
  readBody,
  refused,
  refusedByStatus,
  secretRule,
  type Account,
  type CancelOrder,
  type CancelVerdict,
  type CancellationStatus,
  type ConfigSource,
  type EffectiveAt,
  type Exchange,
  type NoVerdict,
  type Provider,
  type ProviderRequest,
  type ProviderResponse,
  type RevokeVerdict,
  type StandardSchema,
  type StatusVerdict,
} from 'cancelkit/provider';

/** Its configuration. */
export interface OldConfig {
  readonly baseUrl: string;
  readonly token: string;
}
/** Its service reference. */
export interface OldService {
  readonly id: string;
}
/** A schema of the author's own: the contract asks for a Standard Schema, whoever makes it. */
function objectOf<Output>(
  expected: string,
  read: (fields: ReadonlyMap<string, unknown>) => Output | undefined,
  needed: readonly string[] = [],
): StandardSchema<Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'an author',
      validate(value) {
        const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
        const output = read(new Map(fields));
        if (output !== undefined) return { value: output };
        const missing = needed.filter((name) => !fields.some(([key, given]) => key === name && given !== undefined));
        const issues = missing.map((name) => ({ message: `a ${name}`, path: [name] }));
        return { issues: issues.length === 0 ? [{ message: expected }] : issues };
      },
    },
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const config = objectOf<OldConfig>(
  'an object with only baseUrl and token',
  (fields) => {
    const [baseUrl, token] = [text(fields.get('baseUrl')), text(fields.get('token'))];
    const isComplete = baseUrl !== undefined && token !== undefined && secretRule.accepts(token) && fields.size === 2;
    return isComplete && isBaseUrl(baseUrl) ? { baseUrl, token } : undefined;
  },
  ['baseUrl', 'token'],
);
const service = objectOf<OldService>('an object with only id', (fields) => {
  const id = text(fields.get('id'));
  return id !== undefined && /^[a-z0-9-]+$/.test(id) && fields.size === 1 ? { id } : undefined;
});

interface Shown {
  readonly state: 'none' | 'pending' | 'done';
  readonly timing: string | undefined;
  readonly day: string | undefined;
}
const cancellation = objectOf<Shown>('a cancellation', (fields) => {
  const state = fields.get('state');
  if (state !== 'none' && state !== 'pending' && state !== 'done') return undefined;
  return { state, timing: text(fields.get('timing')), day: text(fields.get('day')) };
});
const failure = objectOf<{ readonly error: string; readonly said: string }>('an error', (fields) => {
  const [error, said] = [text(fields.get('error')), text(fields.get('text'))];
  return error === undefined || said === undefined ? undefined : { error, said };
});

/** The provider. */
export const oldProvider: Provider<
  'old',
  OldConfig,
  OldService,
  'immediate' | 'end_of_period',
  'cancel' | 'status' | 'revoke'
> = defineProvider({
  specVersion: 1,
  id: 'old',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional', maxLength: 200 },
    readBack: true,
    revoke: true,
    immediateDestroysData: 'yes',
    recognizesRepeat: 'documented',
  },
  config,
  env: { baseUrl: 'OLD_URL', token: 'OLD_TOKEN' },
  service,
  serviceForms: [{ example: { id: 'srv-1' }, plainId: /^srv-/ }],
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: ({ token }) => [token],
  *cancel(order, config): Exchange<CancelVerdict> {
    return toVerdict(yield cancelRequest(order, config));
  },
  *status({ id }, { token }): Exchange<StatusVerdict> {
    return toStatus(yield { method: 'GET', effect: 'read', ...at(id, token) });
  },
  *revoke({ id }, { token }): Exchange<RevokeVerdict> {
    const response = yield { method: 'DELETE', effect: 'write', ...at(id, token) };
    return response.status === 200 && readBody(response, cancellation)?.state === 'none'
      ? { verdict: 'accepted', outcome: 'revoked' }
      : no(response);
  },
});

/** An account at it. */
export function old(
  settings?: ConfigSource<OldConfig>,
): Account<'old', OldService, 'immediate' | 'end_of_period', 'cancel' | 'status' | 'revoke'> {
  return oldProvider.account(settings);
}

function cancelRequest({ service, when, reasonText }: CancelOrder<OldService>, { token }: OldConfig): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: ['services', service.id, 'cancellation'],
    headers: { authorization: `Bearer ${token}` },
    json: { timing: when === 'immediate' ? 'now' : 'period', reason: reasonText },
  };
}
function at(id: string, token: string): Pick<ProviderRequest, 'path' | 'headers'> {
  return { path: ['services', id, 'cancellation'], headers: { authorization: `Bearer ${token}` } };
}
function toVerdict(response: ProviderResponse): CancelVerdict {
  const read = response.status === 201 ? readBody(response, cancellation) : undefined;
  if (read?.state === 'done') return { verdict: 'accepted', outcome: 'completed' };
  if (read?.state === 'pending') {
    const at = dateOf(read);
    return at === undefined
      ? { verdict: 'accepted', outcome: 'requested' }
      : { verdict: 'accepted', outcome: 'scheduled', effectiveAt: at };
  }
  const said = response.status === 409 ? readBody(response, failure) : undefined;
  if (said === undefined) return no(response);
  const words = { providerCode: said.error, providerMessage: said.said };
  return { ...words, verdict: 'duplicate', ambiguous: false, message: 'there is one.' };
}

function toStatus(response: ProviderResponse): StatusVerdict {
  const read = response.status === 200 ? readBody(response, cancellation) : undefined;
  if (read === undefined) return no(response);
  const at = dateOf(read);
  const when = read.timing === 'now' ? 'immediate' : read.timing === 'period' ? 'end_of_period' : undefined;
  const pending = at === undefined ? 'requested' : 'scheduled';
  const status: CancellationStatus = {
    state: read.state === 'pending' ? pending : read.state === 'done' ? 'completed' : 'none',
    ...(when === undefined ? {} : { when }),
    ...(at === undefined ? {} : { effectiveAt: at }),
    revocable: read.state === 'pending',
    raw: read,
  };
  return { verdict: 'found', status };
}

function dateOf({ day }: Shown): EffectiveAt | undefined {
  const value = calendarDay(day);
  return value === undefined ? undefined : { value, precision: 'date', source: 'provider' };
}

function no(response: ProviderResponse): NoVerdict {
  const said = response.status >= 400 ? readBody(response, failure) : undefined;
  if (said === undefined) return { verdict: 'unrecognized' };
  const words = { providerCode: said.error, providerMessage: said.said };
  if (response.status >= 500) {
    return { ...words, verdict: 'unclear', reason: 'server_error', message: 'the server failed.' };
  }
  const messages = {
    unauthorized: 'a bad token.',
    forbidden: 'not allowed.',
    not_found: 'unknown.',
    rate_limited: 'slow.',
  };
  return { ...words, ...(refusedByStatus(response.status, messages) ?? refused('rejected', 'refused.')) };
}

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  defineProvider,
  loginRule,
  readBody,
  refused,
  secretRule,
  type Access,
  type JsonValue,
  type NoVerdict,
  type Provider,
  type ProviderAction,
  type ProviderDefinition,
  type ProviderResponse,
} from 'cancelkit/provider';
import * as v from 'valibot';
import { LEAST_CAPABILITIES } from './capabilities.ts';
import { startHttp, type Loopback, type SeenRequest } from './loopback.ts';

/** Configuration of the made-up provider whose token is obtained at another origin. */
export interface GuardedConfig {
  readonly baseUrl: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Its service reference. */
export interface GuardedService {
  readonly id: string;
}

/** What a test can make different about the provider. */
export interface GuardedVariant {
  readonly access?: Access<GuardedConfig>;
  readonly origins?: (config: GuardedConfig) => Readonly<Record<string, string>>;
  readonly request?: { readonly origin?: string; readonly json?: JsonValue };
}

const config = v.strictObject({
  baseUrl: v.string(),
  loginUrl: v.string(),
  clientId: v.pipe(v.string(), v.check(loginRule.accepts, loginRule.expected)),
  clientSecret: v.pipe(v.string(), v.check(secretRule.accepts, secretRule.expected)),
});
const env = {
  baseUrl: 'GUARDED_URL',
  loginUrl: 'GUARDED_LOGIN_URL',
  clientId: 'GUARDED_ID',
  clientSecret: 'GUARDED_SECRET',
};
const service = v.strictObject({ id: v.string() });

const granted = v.object({ access_token: v.string(), expires_in: v.optional(v.number()) });
const failed = v.object({ error: v.string(), error_description: v.optional(v.string()) });
const cancelled = v.object({ result: v.literal('cancelled') });
const read = v.object({ id: v.string(), cancelled: v.boolean() });

/** OAuth 2.0, client credentials, at the origin `login`. */
export const byOAuth: Access<GuardedConfig> = {
  *obtain({ clientId, clientSecret }) {
    const response = yield {
      method: 'POST',
      effect: 'read',
      origin: 'login',
      authenticated: false,
      path: ['oauth', 'token'],
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    };
    const grant = readBody(response, granted);
    if (response.status === 200 && grant !== undefined) {
      const { access_token: token, expires_in: expiresInS } = grant;
      return { verdict: 'granted', token, ...(expiresInS === undefined ? {} : { expiresInS }) };
    }
    const error = readBody(response, failed);
    if (error === undefined) return { verdict: 'unrecognized' };
    if (error.error === 'slow_down') return refused('rate_limited', 'too many logins.');
    return {
      ...refused('unauthorized', 'the client id or its secret is wrong.'),
      providerMessage: error.error_description ?? '',
    };
  },
  headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
};

/** A signature over what is sent, and nothing to obtain but the provider's clock. */
export const bySignature: Access<GuardedConfig> = {
  headers({ method, url, body }, { clientId, clientSecret }, { now, nonce }) {
    const time = String(Math.floor(now / 1000));
    return {
      'x-client': clientId,
      'x-time': time,
      'x-nonce': nonce,
      'x-signature': signatureOf([clientSecret, method, url, body, time, nonce]),
    };
  },
};

/** As both sides compute it. */
export function signatureOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

type GuardedDefinition = ProviderDefinition<{
  readonly id: 'guarded';
  readonly configInput: GuardedConfig;
  readonly config: GuardedConfig;
  readonly serviceInput: GuardedService;
  readonly service: GuardedService;
  readonly timing: 'immediate';
  readonly readBack: true;
  readonly revoke: true;
}>;

type GuardedProvider = Provider<'guarded', GuardedConfig, GuardedService, 'immediate', 'cancel' | 'status' | 'revoke'>;

/** A definition of version 2: a token or a signature, two origins, ids of requests and responses, no bodies. */
function definitionOf({ access = byOAuth, origins, request }: GuardedVariant): GuardedDefinition {
  return {
    specVersion: 2,
    id: 'guarded',
    capabilities: { ...LEAST_CAPABILITIES, readBack: true, revoke: true },
    config,
    env,
    service,
    baseUrl: (own) => own.baseUrl,
    origins: origins ?? ((own) => ({ login: own.loginUrl })),
    secrets: (own) => [own.clientSecret],
    responseIdHeader: 'x-trace-id',
    access,
    *cancel({ service: { id } }) {
      const response = yield { method: 'POST', effect: 'write', ...at('services', id, 'cancel'), ...request };
      const isYes = response.status === 202 && readBody(response, cancelled) !== undefined;
      return isYes ? { verdict: 'accepted', outcome: 'requested' } : no(response);
    },
    *status({ id }) {
      const response = yield { method: 'GET', effect: 'read', ...at('services', id) };
      const found = response.status === 200 ? readBody(response, read) : undefined;
      if (found === undefined) return no(response);
      const state = found.cancelled ? 'requested' : 'none';
      return { verdict: 'found', status: { state, revocable: found.cancelled, raw: found } };
    },
    *revoke({ id }) {
      const response = yield { method: 'DELETE', effect: 'write', ...at('services', id, 'cancel') };
      return response.status === 200 ? { verdict: 'accepted', outcome: 'revoked' } : no(response);
    },
    check: {
      reads: 'the account',
      basis: 'documented',
      *run() {
        const response = yield { method: 'GET', effect: 'read', ...at('me') };
        return response.status === 200 ? { verdict: 'accepted' } : no(response);
      },
    },
  };
}

function at(...path: readonly string[]): { readonly path: readonly string[]; readonly requestIdHeader: string } {
  return { path, requestIdHeader: 'x-request-id' };
}

function no(response: ProviderResponse): NoVerdict {
  const error = readBody(response, failed);
  if (error === undefined) return { verdict: 'unrecognized' };
  const said = { providerMessage: error.error_description ?? error.error };
  if (response.status === 401) return { ...refused('unauthorized', 'the token is not accepted.'), ...said };
  if (response.status === 404) return { ...refused('not_found', 'there is no such service.'), ...said };
  return { verdict: 'unclear', reason: 'provider_error', message: 'the provider failed.', ...said };
}

/** A provider of version 2. */
export function guardedProvider(variant: GuardedVariant = {}): GuardedProvider {
  return defineProvider(definitionOf(variant));
}

/** The definition with an action of its own, as an adapter's package has them. */
export const guardedDefinition: GuardedDefinition = definitionOf({});

/** Orders something, with a body. */
export const guardedOrder: ProviderAction<GuardedConfig, { readonly pin: string }, string> = {
  input: v.strictObject({ pin: v.string() }),
  secrets: ({ pin }) => [pin],
  *run({ pin }) {
    const response = yield { method: 'POST', effect: 'write', path: ['orders'], json: { pin } };
    const isYes = response.status === 200;
    return isYes ? { verdict: 'accepted', result: 'ordered' } : { verdict: 'unrecognized' };
  },
};

/** Answers in place of the provider, or returns `false` to let it answer. */
export type Interception = (response: ServerResponse, request: SeenRequest) => boolean;

/** The provider's two servers. */
export interface Guarded extends AsyncDisposable {
  readonly login: Loopback;
  readonly api: Loopback;
  readonly config: GuardedConfig;
  /** The tokens that the API accepts now. */
  readonly tokens: Set<string>;
  /** The services that have been cancelled. */
  readonly cancelled: Set<string>;
  /** How often each service's cancellation was carried out. */
  readonly carriedOut: Map<string, number>;
  /** What a login answers besides the token. */
  grant: Readonly<Record<string, JsonValue>>;
  onLogin: Interception;
  onApi: Interception;
}

/** Starts both servers. Every token is new, and none ends by itself. */
export async function startGuarded(): Promise<Guarded> {
  const tokens = new Set<string>();
  const cancelledServices = new Set<string>();
  const carriedOut = new Map<string, number>();
  const state = {
    grant: { expires_in: 3600 } as Readonly<Record<string, JsonValue>>,
    onLogin: (() => false) as Interception,
    onApi: (() => false) as Interception,
  };
  let count = 0;
  const login = await startHttp((response, request) => {
    if (state.onLogin(response, request)) return;
    if (new URLSearchParams(request.body).get('client_secret') !== SECRET) {
      json(response, 401, { error: 'invalid_client', error_description: 'Client authentication failed' });
      return;
    }
    count += 1;
    const token = tokenOf(count);
    tokens.add(token);
    json(response, 200, {
      access_token: token,
      refresh_token: `refresh-${token}`,
      token_type: 'Bearer',
      ...state.grant,
    });
  });
  const api = await startHttp((response, request) => {
    if (state.onApi(response, request)) return;
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (!tokens.has(token)) {
      json(response, 401, { error: 'invalid_token', error_description: 'The token is not valid' });
      return;
    }
    const [, , id = ''] = request.path.split('/');
    if (request.method === 'POST' && request.path.endsWith('/cancel')) {
      cancelledServices.add(id);
      carriedOut.set(id, (carriedOut.get(id) ?? 0) + 1);
      json(response, 202, { result: 'cancelled' });
    } else if (request.method === 'DELETE') {
      cancelledServices.delete(id);
      json(response, 200, {});
    } else json(response, 200, { id, cancelled: cancelledServices.has(id) });
  });
  return Object.assign(state, {
    login,
    api,
    tokens,
    cancelled: cancelledServices,
    carriedOut,
    config: { baseUrl: api.origin, loginUrl: login.origin, clientId: 'client-7', clientSecret: SECRET },
    [Symbol.asyncDispose]: async () => {
      await login[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  });
}

/** The secret that the login accepts. */
export const SECRET = 'client-secret-91x';

/** The token that a login returns, by its number. */
export function tokenOf(number: number): string {
  return `tok-${createHash('sha256').update(String(number)).digest('hex')}`;
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-trace-id': 'trace-17', ...headers });
  response.end(JSON.stringify(body));
}

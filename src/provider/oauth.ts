import type { ProviderRequest, ProviderResponse } from '../contract/exchange.ts';
import type { Access } from '../contract/provider.ts';
import type { AccessVerdict } from '../contract/verdict.ts';
import { refused, verdictOnError } from './refusal.ts';

/**
 * The access of an API that takes a bearer token (RFC 6750) and issues it by OAuth 2.0.
 *
 * @param toLoginRequest the token request, which is a read and not authenticated.
 * @param message which credentials to check if they are refused.
 */
export function oauthAccess<Config>(
  toLoginRequest: (config: Config) => ProviderRequest,
  message: string,
): Access<Config> {
  return {
    *obtain(config) {
      return oauthVerdict(yield toLoginRequest(config), message);
    },
    headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
  };
}

/**
 * The verdict on a response to an OAuth 2.0 token request (RFC 6749, sections 5.1 and 5.2). A `200` with a token grants
 * it. An error about the client, the grant or its rights refuses the credentials, whatever its 4xx.
 *
 * @param message which credentials to check.
 */
export function oauthVerdict({ status, body }: ProviderResponse, message: string): AccessVerdict {
  const fields = new Map<string, unknown>(body.kind === 'json' ? Object.entries(body.value ?? {}) : []);
  const [token, lifetime, error] = [fields.get('access_token'), fields.get('expires_in'), fields.get('error')];
  if (status === 200 && typeof token === 'string' && token !== '') {
    return { verdict: 'granted', token, ...(typeof lifetime === 'number' ? { expiresInS: lifetime } : {}) };
  }
  // A 404 is about the address of the login, and would read as a service that does not exist.
  if (status < 400 || status === 404 || typeof error !== 'string') return { verdict: 'unrecognized' };
  const description = fields.get('error_description');
  const words = { providerCode: error, providerMessage: typeof description === 'string' ? description : error };
  return status < 500 && REFUSED.includes(error)
    ? { ...refused('unauthorized', message), ...words }
    : verdictOnError(status, words, { unauthorized: message });
}

/** The errors about the credentials: of the client, of the user, of what the client may do. */
const REFUSED: readonly string[] = ['invalid_client', 'invalid_grant', 'unauthorized_client'];

import { readBody, refused, type Access } from 'cancelkit/provider';
import * as v from 'valibot';

interface Config {
  readonly clientId: string;
  readonly clientSecret: string;
}

const granted = v.object({ access_token: v.string(), expires_in: v.number() });
const failed = v.object({ error: v.string() });

export const oauth2: Access<Config> = {
  *obtain({ clientId, clientSecret }) {
    const response = yield {
      method: 'POST',
      effect: 'read',
      origin: 'login', // of the definition: origins: () => ({ login: 'https://auth.example.com' })
      authenticated: false,
      path: ['oauth', 'token'],
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    };
    const grant = response.status === 200 ? readBody(response, granted) : undefined;
    if (grant !== undefined) return { verdict: 'granted', token: grant.access_token, expiresInS: grant.expires_in };
    if (readBody(response, failed)?.error !== 'invalid_client') return { verdict: 'unrecognized' };
    return refused('unauthorized', 'the client id or its secret is wrong. Check both.');
  },
  headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
};

import { oauthVerdict, type Access } from 'cancelkit/provider';

interface Config {
  readonly clientId: string;
  readonly clientSecret: string;
}

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
    return oauthVerdict(response, 'the client id or its secret is wrong. Check both.');
  },
  headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
};

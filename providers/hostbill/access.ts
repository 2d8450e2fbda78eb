import * as v from 'valibot';
import {
  readBody,
  tokenRule,
  type Access,
  type AccessVerdict,
  type Exchange,
  type ProviderResponse,
} from '../../src/provider/index.ts';
import { fromNo, readAnswer } from './answer.ts';
import type { HostbillCredentials, ResolvedHostbillConfig } from './config.ts';

/** The three ways in: Basic, a token from `/login`, a personal access token. */
export const hostbillAccess: Access<ResolvedHostbillConfig> = {
  obtain: ({ credentials }) => (credentials.kind === 'login' ? logIn(credentials) : undefined),
  headers: (_request, { credentials }, { token }) => ({ authorization: authorizationOf(credentials, token) }),
};

/** The values that must not come out; Basic sends the password in a form of its own. */
export function secretsOf(credentials: HostbillCredentials): readonly string[] {
  return credentials.kind === 'token' ? [credentials.token] : [credentials.password, base64Of(credentials)];
}

function authorizationOf(credentials: HostbillCredentials, obtained: string): string {
  if (credentials.kind === 'basic') return `Basic ${base64Of(credentials)}`;
  return `Bearer ${credentials.kind === 'token' ? credentials.token : obtained}`;
}

function base64Of({ email, password }: Login): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(`${email}:${password}`)));
}

type Login = Exclude<HostbillCredentials, { kind: 'token' }>;

// How long a token is valid is not documented. One that ends earlier is renewed after its 401.
const TOKEN_S = 600;

const grantSchema = v.object({ token: v.pipe(v.string(), v.check(tokenRule.accepts)) });

function* logIn({ email, password }: Login): Exchange<AccessVerdict> {
  const json = { username: email, password };
  const response = yield { method: 'POST', effect: 'read', authenticated: false, path: ['login'], json };
  return fromLoginResponse(response);
}

function fromLoginResponse(response: ProviderResponse): AccessVerdict {
  const hasNoError = response.status === 200 && readAnswer(response)?.errors.length === 0;
  const grant = hasNoError ? readBody(response, grantSchema) : undefined;
  if (grant !== undefined) return { verdict: 'granted', token: grant.token, expiresInS: TOKEN_S };
  const verdict = fromNo(response);
  return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
}

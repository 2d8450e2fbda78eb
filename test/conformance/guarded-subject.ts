import type { ConformanceSubject } from 'cancelkit/conformance';
import {
  bySignature,
  guardedProvider,
  SECRET,
  type GuardedConfig,
  type GuardedService,
  type GuardedVariant,
} from '../support/guarded.ts';

type GuardedSubject = ConformanceSubject<GuardedConfig, GuardedService>;

const source = 'made up';
const failed = (status: number, error: string) => ({ status, body: { error } });
const service = { id: 's1', cancelled: true };

/** The made-up provider of version 2 as a subject of the suite. */
export function guardedSubject(variant: GuardedVariant = {}, parts: Partial<GuardedSubject> = {}): GuardedSubject {
  return {
    provider: guardedProvider(variant),
    config: (baseUrl) => ({ baseUrl, loginUrl: baseUrl, clientId: 'client-7', clientSecret: SECRET }),
    secrets: [SECRET],
    service: { id: 's1' },
    invalidServices: [{ id: 7 }],
    ...(variant.access === bySignature ? {} : { login }),
    fixtures: [
      {
        name: 'a 202',
        source,
        kind: 'success',
        answers: [{ status: 202, body: { result: 'cancelled' } }],
        expected: { outcome: 'requested' },
      },
      {
        name: 'a 404',
        source,
        kind: 'not_found',
        answers: [failed(404, 'no such service')],
        expected: { code: 'not_found', providerMessage: 'no such service' },
      },
      {
        name: 'a 401',
        source,
        kind: 'unauthorized',
        answers: [failed(401, 'invalid_token')],
        expected: { code: 'unauthorized' },
      },
      {
        name: 'a 429',
        source,
        kind: 'rate_limited',
        answers: [failed(429, 'slow down')],
        expected: { code: 'rate_limited' },
      },
      {
        name: 'a 404 in other words',
        source,
        kind: 'refusal',
        answers: [failed(404, 'gone')],
        expected: { code: 'not_found' },
      },
      {
        name: 'a 500',
        source,
        kind: 'server_error',
        answers: [failed(500, 'broken')],
        expected: { code: 'outcome_unknown' },
      },
    ],
    statusFixtures: [
      { name: 'a cancelled one', source, answers: [{ status: 200, body: service }], expected: { state: 'requested' } },
      {
        name: 'another one',
        source,
        answers: [{ status: 200, body: { ...service, cancelled: false } }],
        expected: { state: 'none' },
      },
      { name: 'none', source, answers: [failed(404, 'no such service')], expected: { code: 'not_found' } },
    ],
    revokeFixtures: [
      { name: 'a 200', source, answers: [{ status: 200, body: {} }], expected: { outcome: 'revoked' } },
      { name: 'a 404', source, answers: [failed(404, 'gone')], expected: { code: 'not_found' } },
    ],
    ...parts,
  };
}

const login: NonNullable<GuardedSubject['login']> = {
  source,
  isLogin: ({ target }) => target === '/oauth/token',
  granted: (token) => [{ status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 600 } }],
  refused: failed(401, 'invalid_client'),
};

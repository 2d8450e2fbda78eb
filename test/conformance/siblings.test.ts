import {
  providerConformance,
  type ConformanceAnswer,
  type ConformanceFixture,
  type ConformanceStatusFixture,
} from 'cancelkit/conformance';
import type { CancelOrder, ProviderRequest, StandardSchema } from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, it } from 'vitest';
import type { Config } from '../../examples/provider-template/config.ts';
import { fixtures, revokeFixtures, statusFixtures } from '../../examples/provider-template/fixtures.ts';
import { toCancelRequest, toRevokeRequest, toStatusRequest } from '../../examples/provider-template/request.ts';
import {
  fromCancelResponse,
  fromRevokeResponse,
  fromStatusResponse,
} from '../../examples/provider-template/response.ts';
import type { Service } from '../../examples/provider-template/service.ts';
import { capable, sample, token, type SampleDefinition } from './sample-subject.ts';

// Sound providers of other kinds: the suite holds nothing against them.

const login: ConformanceAnswer = { status: 200, body: { session: 'abc' } };

/** The read-back that follows a duplicate logs in by itself. */
function withLoginWithin(fixture: ConformanceFixture): ConformanceFixture {
  const [first, ...rest] = fixture.answers;
  return rest.length === 0 ? fixture : { ...fixture, answers: [first, login, ...rest] };
}

const anyId: StandardSchema<Service> = v.strictObject({ subscriptionId: v.string('an id') }, 'an object with an id');

function toFormRequest(order: CancelOrder<Service>, config: Config): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: ['api.php'],
    form: { secret: config.token, id: order.service.subscriptionId, type: order.when, reason: order.reasonText ?? '' },
  };
}

const neverRevocable: Partial<SampleDefinition> = {
  *status(service, config, { providerReference }) {
    const verdict = fromStatusResponse(yield toStatusRequest(service, config, providerReference));
    return verdict.verdict === 'found' ? { ...verdict, status: { ...verdict.status, revocable: false } } : verdict;
  },
};

const subjects = [
  sample({ id: 'required-reason', capabilities: capable({ reason: { field: 'required', maxLength: 300 } }) }),
  sample(
    {
      id: 'bare',
      capabilities: capable({
        timings: ['immediate'],
        reason: { field: 'no' },
        readBack: false,
        revoke: false,
        recognizesRepeat: 'no',
      }),
      *cancel(order, config) {
        return fromCancelResponse(yield toCancelRequest({ ...order, reasonText: undefined }, config));
      },
    },
    {
      fixtures: fixtures.filter(
        ({ kind, when, answers }) =>
          when !== 'end_of_period' && kind !== 'already_cancelled' && kind !== 'other' && answers.length === 1,
      ),
      statusFixtures: [],
      revokeFixtures: [],
    },
  ),
  sample(
    {
      id: 'id-in-the-body',
      service: anyId,
      *cancel(order, config) {
        return fromCancelResponse(yield toFormRequest(order, config));
      },
      *status({ subscriptionId }, config, { providerReference = '' }) {
        const form = { secret: config.token, get: subscriptionId, cancellation: providerReference };
        return fromStatusResponse(yield { method: 'POST', effect: 'read', path: ['api.php'], form });
      },
      *revoke({ subscriptionId }, config) {
        const form = { secret: config.token, id: subscriptionId, type: 'none' };
        return fromRevokeResponse(yield { method: 'POST', effect: 'write', path: ['api.php'], form });
      },
    },
    { invalidServices: [] },
  ),
  sample(
    { id: 'reads-but-cannot-undo', capabilities: capable({ revoke: false }), ...neverRevocable },
    { statusFixtures: statusFixtures.map(withoutRevocable), revokeFixtures: [] },
  ),
  sample(
    {
      id: 'queues-undos',
      *revoke(service, config) {
        const verdict = fromRevokeResponse(yield toRevokeRequest(service, config));
        return verdict.verdict === 'accepted' ? { ...verdict, outcome: 'requested' } : verdict;
      },
    },
    {
      revokeFixtures: revokeFixtures.map((fixture) =>
        'outcome' in fixture.expected ? { ...fixture, expected: { outcome: 'requested' } } : fixture,
      ),
    },
  ),
  sample({ id: 'any-id-in-the-path', service: anyId }, { invalidServices: [] }),
  sample(
    {
      id: 'empty-answer',
      *cancel(order, config) {
        const response = yield toCancelRequest(order, config);
        const { status, body } = response;
        if (status >= 200 && status < 300 && body.kind === 'empty')
          return { verdict: 'accepted', outcome: 'requested' };
        const verdict = fromCancelResponse(response);
        return verdict.verdict === 'accepted' ? { verdict: 'unrecognized' } : verdict;
      },
    },
    {
      fixtures: [
        ...fixtures.filter(({ kind }) => kind !== 'success'),
        {
          name: 'a 204',
          source: 'none',
          kind: 'success',
          answers: [{ status: 204 }],
          expected: { outcome: 'requested' },
        },
      ],
    },
  ),
  sample(
    {
      id: 'login-first',
      *cancel(order, config) {
        const session = sessionOf(yield toLogin(config));
        return fromCancelResponse(yield toCancelRequest(order, { ...config, token: session }));
      },
      *status(service, config, { providerReference }) {
        const session = { ...config, token: sessionOf(yield toLogin(config)) };
        return fromStatusResponse(yield toStatusRequest(service, session, providerReference));
      },
      *revoke(service, config) {
        const session = sessionOf(yield toLogin(config));
        return fromRevokeResponse(yield toRevokeRequest(service, { ...config, token: session }));
      },
    },
    { before: [login], fixtures: fixtures.map(withLoginWithin) },
  ),
];

function withoutRevocable(fixture: ConformanceStatusFixture): ConformanceStatusFixture {
  const { expected } = fixture;
  return 'state' in expected ? { ...fixture, expected: { ...expected, revocable: false } } : fixture;
}

function toLogin(config: Config): ProviderRequest {
  return { method: 'POST', effect: 'read', path: ['login'], json: { token: config.token } };
}

function sessionOf({ body }: { readonly body: { readonly kind: string; readonly value?: unknown } }): string {
  const parsed = v.safeParse(v.object({ session: v.string() }), body.value);
  return parsed.success ? parsed.output.session : '';
}

for (const subject of subjects) providerConformance({ ...subject, secrets: [token] }, { describe, it });

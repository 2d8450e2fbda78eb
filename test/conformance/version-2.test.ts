import assert from 'node:assert/strict';
import { providerConformance, type ConformanceStatusFixture } from 'cancelkit/conformance';
import { refused, refusedField } from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { statusFixtures } from '../../examples/provider-template/fixtures.ts';
import { toStatusRequest } from '../../examples/provider-template/request.ts';
import { fromStatusResponse } from '../../examples/provider-template/response.ts';
import { collectChecks } from './collect-checks.ts';
import { sample } from './sample-subject.ts';
import {
  fromWrite,
  headers,
  robot,
  sound,
  toRead,
  type Config,
  type Definition,
  type Service,
  type Subject,
} from './version-2-subject.ts';

// A sound provider of version 2: the suite holds nothing against it.
providerConformance(robot(), { describe, it });

const { codeRequired: _, ...reason } = sound.capabilities.reason;

/** The sound definition, whose reason and extras go with the confirmation alone. */
const later: Partial<Definition> = {
  capabilities: { ...sound.capabilities, reason, detailsWith: 'confirm' },
  *cancel(order, config) {
    return yield* sound.cancel({ ...order, extras: undefined }, config);
  },
  *confirm({ service, token, reasonCode, extras }, config) {
    const json = { token, code: reasonCode, reserve: extras?.reserve };
    const path = ['servers', service.server, 'confirm'];
    return fromWrite(yield { effect: 'write', method: 'POST', path, json, ...headers(config) });
  },
};
describe('details with the confirmation', () => {
  providerConformance(robot(later, { order: {} }), { describe, it });
});

const withoutExtras: Partial<Definition> = {
  *cancel(order, config) {
    if (order.extras?.reserve !== undefined) {
      yield toRead(order.service, config);
      return refusedField('extras.reserve', 'nothing for this server');
    }
    return yield* sound.cancel(order, config);
  },
};
describe('a service that takes no extras', () => {
  providerConformance(robot(withoutExtras, { takesNoExtras: true }), { describe, it });
});

const withoutUndo = sample(
  {
    *status(service, config, query) {
      const verdict = fromStatusResponse(yield toStatusRequest(service, config, query.providerReference));
      return verdict.verdict === 'found' ? { ...verdict, status: { ...verdict.status, revocable: false } } : verdict;
    },
    *revoke(service, config) {
      yield toStatusRequest(service, config);
      return refused('rejected', 'This subscription cannot be kept.');
    },
  },
  {
    takesNoUndo: true,
    beforeRevoke: statusFixtures[0]?.answers ?? [],
    revokeFixtures: [],
    statusFixtures: statusFixtures.map(withoutRevocable),
  },
);
describe('a service whose cancellation cannot be undone', () => {
  providerConformance(withoutUndo, { describe, it });
});

function withoutRevocable(fixture: ConformanceStatusFixture): ConformanceStatusFixture {
  const { expected } = fixture;
  return 'state' in expected ? { ...fixture, expected: { ...expected, revocable: false } } : fixture;
}

/** The sound cancellation with another date in its request. */
function moving(days: number): Partial<Definition> {
  return {
    *cancel(order, config) {
      const { when } = order;
      if (typeof when !== 'object') return yield* sound.cancel(order, config);
      const date = new Date(Date.parse(when.on) + days * 86_400_000).toISOString().slice(0, 10);
      yield {
        effect: 'read',
        method: 'GET',
        path: ['servers', order.service.server, 'cancellation'],
        ...headers(config),
      };
      const path = ['servers', order.service.server, 'cancellation'];
      const json = { date, code: order.reasonCode, reserve: order.extras?.reserve };
      return fromWrite(yield { effect: 'write', method: 'POST', path, json, ...headers(config) });
    },
  };
}

const { capabilities } = sound;

const faulty: readonly (readonly [fault: string, subject: Subject, found: RegExp])[] = [
  ['moves a date to the day before', robot(moving(-1)), /sends a date as it was given/],
  ['moves a date to the day after', robot(moving(1)), /sends a date as it was given/],
  [
    'sends no date',
    robot({
      *cancel({ service, reasonCode }, config) {
        yield { effect: 'read', method: 'GET', path: ['servers', service.server, 'cancellation'], ...headers(config) };
        const path = ['servers', service.server, 'cancellation'];
        return fromWrite(
          yield { effect: 'write', method: 'POST', path, json: { code: reasonCode }, ...headers(config) },
        );
      },
    }),
    /sends a different request for each timing|sends a date as it was given|takes its extras/,
  ],
  [
    'never reads the first possible date and receives another',
    robot(moving(0)),
    /refuses the day before the first possible one/,
  ],
  ['names no extras to try', robot({}, { extras: { valid: [], invalid: [] } }), /takes its extras/],
  [
    'describes other extras than it takes',
    robot({ capabilities: { ...capabilities, extras: { keep: { type: 'text', description: 'Keeps it.' } } } }),
    /takes its extras/,
  ],
  [
    'has extras that anything passes',
    robot({ extras: v.looseObject({ reserve: v.optional(v.boolean()) }) }),
    /refuses other extras/,
  ],
  [
    'offers a timing that it does not declare',
    robot({
      // @ts-expect-error what JavaScript can say although the types refuse it
      *options(service: Service, config: Config) {
        yield { effect: 'read', method: 'GET', path: ['servers', service.server, 'cancellation'], ...headers(config) };
        return { verdict: 'offered', options: { timings: [{ timing: 'end_of_term' }], raw: null } };
      },
    }),
    /offers only what the provider declares/,
  ],
  [
    'takes any page for options',
    robot({
      *options(service, config) {
        yield { effect: 'read', method: 'GET', path: ['servers', service.server, 'cancellation'], ...headers(config) };
        return { verdict: 'offered', options: { timings: [], raw: null } };
      },
    }),
    /never takes a page in HTML for options/,
  ],
  ['has no fixture of options', robot({}, { optionsFixtures: [] }), /has an answer with options/],
  [
    'does not send the token',
    robot({
      *confirm({ service }, config) {
        const path = ['servers', service.server, 'confirm'];
        return fromWrite(yield { effect: 'write', method: 'POST', path, json: {}, ...headers(config) });
      },
    }),
    /sends the token that a person received/,
  ],
  [
    'drops the reason that goes with the confirmation',
    robot({ ...later, confirm: (order, config) => sound.confirm!({ ...order, reasonCode: undefined }, config) }),
    /the reason code that was given/,
  ],
  ['drops the extras that go with the confirmation', robot({ ...later, confirm: sound.confirm! }), /takes its extras/],
  [
    'sends a reason that goes with the confirmation before it',
    robot({
      ...later,
      *cancel(order, config) {
        return yield* sound.cancel({ ...order, reasonCode: order.reason.text }, config);
      },
    }),
    /sends no reason with the cancellation/,
  ],
  ['has no fixture of a confirmation', robot({}, { confirmFixtures: [] }), /has an answer that confirms/],
  [
    'confirms twice',
    robot({
      *confirm(order, config) {
        const path = ['servers', order.service.server, 'confirm'];
        const json = { token: order.token };
        yield { effect: 'write', method: 'POST', path, json, ...headers(config) };
        return fromWrite(yield { effect: 'write', method: 'POST', path, json, ...headers(config) });
      },
    }),
    /confirmation: a 200: scheduled|confirmation: is never sent again/,
  ],
  [
    'sends no code for a category',
    robot({
      *cancel(order, config) {
        return yield* sound.cancel({ ...order, reasonCode: order.reason.providerCode }, config);
      },
    }),
    /the reason code that was given/,
  ],
  [
    'takes a timing that the contract of the service does not have',
    robot({}, { timings: ['earliest'] }),
    /refuses on_date as unsupported for a service/,
  ],
  [
    'sends a reason with a service that has no field for one',
    robot({}, { takesNoReason: true }),
    /has no field for a reason with this service/,
  ],
  [
    'sends extras with a service that takes none',
    robot({}, { takesNoExtras: true }),
    /refuses its extras for this service/,
  ],
  [
    'has no extras to refuse',
    robot({}, { takesNoExtras: true, extras: { valid: [], invalid: [] } }),
    /refuses its extras/,
  ],
];

describe('the suite finds a provider of version 2 that', () => {
  it.each(faulty)('%s', async (_fault, subject, found) => {
    const checks = [...collectChecks(subject)].filter(([name]) => found.test(name));
    expect(checks.length).toBeGreaterThan(0);
    const ended = await Promise.all(
      checks.map(([, run]) =>
        run().then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(ended.some((error) => error instanceof assert.AssertionError)).toBe(true);
  });
});

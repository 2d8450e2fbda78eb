import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { internalsOf } from '../accounts/account.ts';
import { TIMINGS } from '../contract/vocabulary.ts';
import { exampleOf } from '../contract/when.ts';
import type { Timing } from '../index.ts';
import type { Check } from './check.ts';
import { contentOf } from './request-fields.ts';
import type { ConformanceSubject } from './subject.ts';
import {
  beforeCancelOf,
  cancellationAmong,
  describeSettled,
  orderOf,
  sentFor,
  settle,
  successAnswers,
  timingsOf,
  whenFor,
  withTrial,
} from './trial.ts';

const USUAL: readonly Timing[] = ['immediate', 'end_of_period'];
const REPEATS: Readonly<Record<string, boolean>> = { documented: true, inferred: true, no: false };

/** Whether what the provider says of itself is data, and true. */
export function capabilityChecks(subject: ConformanceSubject): readonly Check[] {
  const { capabilities } = subject.provider;
  const timings: readonly Timing[] = capabilities.timings;
  return [
    {
      name: 'describes itself in valid plain data',
      run: async () => {
        assert.deepEqual(JSON.parse(JSON.stringify(capabilities)), structuredClone(capabilities), 'not plain data');
        assert.ok(timings.length > 0, 'no timing is offered');
        assert.equal(new Set(timings).size, timings.length, 'a timing is listed twice');
        assert.ok(
          timings.every((timing) => TIMINGS.includes(timing)),
          'a timing is not known',
        );
        assert.ok(['no', 'optional', 'required'].includes(capabilities.reason.field), 'reason.field is not known');
        assert.ok(Object.hasOwn(REPEATS, capabilities.recognizesRepeat), 'recognizesRepeat is not known');
        assert.ok(['yes', 'later', 'unknown'].includes(capabilities.immediateDestroysData), 'immediateDestroysData');
        for (const flag of [capabilities.readBack, capabilities.revoke]) assert.equal(typeof flag, 'boolean');
      },
    },
    {
      name: 'says that it recognizes a repeated cancellation exactly if there is such an answer',
      run: async () => {
        const recognized = subject.fixtures.some(({ kind }) => kind === 'already_cancelled');
        assert.equal(recognized, REPEATS[capabilities.recognizesRepeat]);
      },
    },
    {
      name: 'takes the examples of its service forms',
      run: async () => {
        const internals = internalsOf(subject.provider.account());
        for (const { example, plainId } of internals?.serviceForms ?? []) {
          const bound = await internals?.bind(example);
          assert.ok(bound?.ok, `an example is no service reference: ${Object.keys(example).join(', ')}`);
          const values = Object.values(example);
          const isPlain = values.length === 1 && plainId?.test(String(values[0])) === true;
          assert.ok(plainId === undefined || isPlain, 'plainId does not match the only field of its example');
        }
      },
    },
    {
      name: 'names each service by a key of its own',
      run: () => namesEachService(subject),
    },
    ...TIMINGS.filter((timing) => timingsOf(subject).includes(timing)).map((timing) => offered(subject, timing)),
    ...timings.filter((timing) => !timingsOf(subject).includes(timing)).map((timing) => notTaken(subject, timing)),
    ...USUAL.filter((timing) => !timings.includes(timing)).map((timing) => notOffered(subject, timing, [timing])),
    notOffered(
      subject,
      'every other timing',
      TIMINGS.filter((timing) => !timings.includes(timing) && !USUAL.includes(timing)),
    ),
    ...(timingsOf(subject).length > 1 ? [differing(subject)] : []),
  ];
}

function offered(subject: ConformanceSubject, timing: Timing): Check {
  const when = whenFor(subject, timing);
  return {
    name: `builds and sends a request for ${timing}`,
    run: async () => {
      const services = [subject.service, ...(subject.otherServices ?? [])];
      for (const service of services) {
        await withTrial(subject, successAnswers(subject), async (trial) => {
          const preview = await settle(trial.service.preview(orderOf(subject, { service, when })));
          assert.ok(preview.ok, 'no preview');
          const cancelled = await settle(trial.service.cancel(orderOf(subject, { service, when })));
          cancellationAmong(subject, trial.server.requests);
          const reason = cancelled.ok ? undefined : cancelled.error.reason;
          assert.notEqual(reason, 'provider_error', describeSettled(cancelled));
        });
      }
    },
  };
}

function notOffered(subject: ConformanceSubject, name: string, timings: readonly Timing[]): Check {
  return {
    name: `refuses ${name} as unsupported, without sending anything`,
    run: () =>
      withTrial(subject, successAnswers(subject), async ({ server, service }) => {
        for (const timing of timings) {
          const order = orderOf(subject, { when: exampleOf(timing) });
          for (const call of [() => service.cancel(order), () => service.preview(order)]) {
            const settled = await settle<object>(call());
            assert.equal(settled.ok ? 'accepted' : settled.error.code, 'unsupported', timing);
          }
        }
        assert.equal(server.requests.length, 0, 'something was sent');
      }),
  };
}

function notTaken(subject: ConformanceSubject, timing: Timing): Check {
  return {
    name: `refuses ${timing} as unsupported for a service whose contract has another timing, and only reads`,
    run: () =>
      withTrial(subject, successAnswers(subject), async ({ server, service }) => {
        const settled = await settle(service.cancel(orderOf(subject, { when: exampleOf(timing) })));
        assert.equal(settled.ok ? settled.value.outcome : settled.error.code, 'unsupported', describeSettled(settled));
        const most = beforeCancelOf(subject).length;
        assert.ok(server.requests.length <= most, 'more was sent than what is read before a cancellation');
      }),
  };
}

function differing(subject: ConformanceSubject): Check {
  return {
    name: 'sends a different request for each timing',
    run: async () => {
      const timings = timingsOf(subject);
      const sent = await Promise.all(
        timings.map(async (timing) => contentOf(await sentFor(subject, { when: whenFor(subject, timing) }))),
      );
      for (const [at, one] of sent.entries()) {
        const same = sent.findIndex((other, index) => index > at && isDeepStrictEqual(one, other));
        assert.equal(same, -1, `${timings[at]} and ${timings[same]} send the same`);
      }
    },
  };
}

/** A service whose id differs must have another key, or an order for it would be taken for a repetition. */
async function namesEachService(subject: ConformanceSubject): Promise<void> {
  const internals = internalsOf(subject.provider.account());
  for (const form of [subject.service, ...(subject.otherServices ?? [])]) {
    const own = await internals?.bind(form);
    assert.ok(own?.ok, 'a service of the subject has no key: its fields are nested, or its serviceKey is no text');
    const others = await Promise.all(withEachIdChanged(form).map(async (changed) => await internals?.bind(changed)));
    const keys = others.flatMap((bound) => (bound?.ok ? [bound.value.key] : []));
    const differs = keys.length === 0 || keys.some((key) => key !== own.value.key);
    assert.ok(differs, `services with different ids share the key ${own.value.key}`);
  }
}

/** Copies of a reference in which one text or number is another one, each in turn. */
function withEachIdChanged(value: unknown): readonly unknown[] {
  if (typeof value === 'string')
    return /\d$/.test(value) ? [`${value.slice(0, -1)}${(Number(value.at(-1)) % 9) + 1}`] : [`${value}x`];
  if (typeof value === 'number') return [value + 1];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    withEachIdChanged(entry).map((changed) => ({ ...value, [key]: changed })),
  );
}

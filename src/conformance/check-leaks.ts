import assert from 'node:assert/strict';
import { labelOf } from './check-fixtures.ts';
import type { Check } from './check.ts';
import { aroundWords, inWords, type Echoing } from './echoes.ts';
import { secretsOf } from './logins.ts';
import { answersThatFind, answersThatFindNone } from './read-back.ts';
import { everythingOf, holdsSecret } from './secret-encodings.ts';
import type { ConformanceAnswer, ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeCancelOf, beforeOf, orderOf, settle, withTrial, type Settled, type Trial } from './trial.ts';

/** Whether anything comes out that must stay in: secrets to anyone, and the upstream's name to an end customer. */
export function leakChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    {
      name: 'shows no secret in any result or error',
      run: () => eachOutcome(subject, asTheyAre, (settled) => assertTight(subject, settled)),
    },
    {
      name: 'shows no secret that the answer echoes among its own words',
      run: () => eachOutcome(subject, inWords(secretsOf(subject)), (settled) => assertTight(subject, settled)),
    },
    {
      name: 'shows no secret that the answer echoes in a new field, a header or a page that is no JSON',
      run: () => eachOutcome(subject, aroundWords(secretsOf(subject)), (settled) => assertTight(subject, settled)),
    },
    {
      name: 'tells end customers nothing of the provider, its host or the account',
      run: () =>
        eachOutcome(subject, asTheyAre, (settled, origin) => {
          if (settled.ok) return;
          const words = settled.error.publicMessage.toLowerCase().split(/[^\p{L}\p{N}.:_-]+/u);
          const { host, hostname } = new URL(origin);
          for (const name of [subject.provider.id, ACCOUNT, host, hostname]) {
            const said = words.some((word) => word.replace(/[.:]+$/, '') === name.toLowerCase());
            assert.ok(!said, `the public message names ${name}`);
          }
          assert.ok(words.length > 2, 'there is no public message');
        }),
    },
  ];
}

const asTheyAre: Echoing = (answers) => [answers];

/** Runs every fixture, of cancellations, read-backs and undos, with each of the echoes in its answers. */
async function eachOutcome(
  subject: ConformanceSubject,
  echoing: Echoing,
  inspect: (settled: Settled<object>, origin: string) => void,
): Promise<void> {
  const before = beforeOf(subject);
  const calls: readonly LeakTrial[] = [
    ...subject.fixtures.map(({ answers, when, expected, before: own }) => ({
      kind: `cancel ${labelOf(expected)}`,
      before: beforeCancelOf(subject, own === undefined ? {} : { before: own }),
      answers,
      call: ({ service }: Trial) => service.cancel(orderOf(subject, when === undefined ? {} : { when })),
    })),
    ...(subject.statusFixtures ?? []).map(({ answers, providerReference, expected }) => ({
      kind: `status ${labelOf(expected)}`,
      before,
      answers,
      call: ({ service }: Trial) => service.status({ account: ACCOUNT, service: subject.service, providerReference }),
    })),
    ...(subject.findFixtures ?? []).map(({ answers, query, expected }) => ({
      kind: `find ${'code' in expected ? expected.code : 'services'}`,
      before,
      answers,
      call: ({ service }: Trial) => service.find({ account: ACCOUNT, query }),
    })),
    ...(subject.optionsFixtures ?? []).map(({ answers, expected }) => ({
      kind: `options ${labelOf(expected)}`,
      before,
      answers,
      call: ({ service }: Trial) => service.options({ account: ACCOUNT, service: subject.service }),
    })),
    ...(subject.revokeFixtures ?? []).map(({ answers, expected }) => ({
      kind: `revoke ${labelOf(expected)}`,
      before: [...answersThatFind(subject), ...before],
      answers: [...answers, ...answersThatFindNone(subject)],
      call: ({ service }: Trial) => service.revoke({ account: ACCOUNT, service: subject.service }),
    })),
  ];
  for (const { kind, before: first, answers, call } of calls) {
    for (const changed of echoing(answers, kind)) {
      await withTrial(subject, [...first, ...changed], async (trial) => {
        inspect(await settle<object>(call(trial)), trial.server.origin);
      });
    }
  }
}

interface LeakTrial {
  readonly kind: string;
  /** Responses that are left unchanged. */
  readonly before: readonly ConformanceAnswer[];
  readonly answers: readonly ConformanceAnswer[];
  readonly call: (trial: Trial) => Promise<object>;
}

function assertTight(subject: ConformanceSubject, settled: Settled<object>): void {
  const seen = everythingOf(settled.ok ? settled.value : settled.error);
  assert.ok(!holdsSecret(seen, secretsOf(subject)), `a secret is in the ${settled.ok ? 'result' : 'error'}`);
}

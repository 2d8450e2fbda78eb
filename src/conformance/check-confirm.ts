import assert from 'node:assert/strict';
import type { CancelResult } from '../index.ts';
import { handingOver, inOrder, isSameRequest } from './answers.ts';
import { assertMatches, assertSources, labelOf } from './check-fixtures.ts';
import type { Check } from './check.ts';
import { aroundWords, inWords } from './echoes.ts';
import { LOSSES, losing } from './fault.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import { placesOf } from './request-fields.ts';
import { everythingOf, holdsSecret } from './secret-encodings.ts';
import type { ConformanceSubject } from './subject.ts';
import { beforeOf, confirmationOf, describeSettled, settle, withTrial, type Settled } from './trial.ts';

/** With characters that each encoding writes differently. */
const TOKEN = 'mailed_token+5/Z&w9';

/** Whether a confirmation sends the token, once, is judged as a cancellation, and keeps the token in. */
export function confirmChecks(subject: ConformanceSubject): readonly Check[] {
  if (subject.provider.capabilities.confirm === undefined) return [];
  const fixtures = subject.confirmFixtures ?? [];
  return [
    ...fixtures.map(({ name, answers, expected }) => ({
      name: `${name}: ${labelOf(expected)}`,
      run: async () => {
        const { settled } = await confirmed(subject, inOrder(answers));
        assert.equal(settled.ok, 'outcome' in expected, describeSettled(settled));
        assertMatches(settled.ok ? settled.value : settled.error, expected);
      },
    })),
    {
      name: 'has an answer that confirms, one that does not, and one to a cancellation that has to be confirmed',
      run: async () => {
        for (const field of ['outcome', 'code']) {
          assert.ok(
            fixtures.some(({ expected }) => field in expected),
            `no fixture with an ${field}`,
          );
        }
        const required = subject.fixtures.some(
          ({ expected }) => 'code' in expected && expected.code === 'confirmation_required',
        );
        assert.ok(required, 'no fixture of a cancellation that has to be confirmed');
        assertSources(fixtures);
      },
    },
    {
      name: 'sends the token that a person received',
      run: async () => {
        const answers = fixtures.find(({ expected }) => 'outcome' in expected)?.answers ?? [];
        const { requests } = await confirmed(subject, inOrder(answers));
        const tokens = requests.filter((request) => placesOf(request, TOKEN).length > 0);
        assert.ok(tokens.length > 0, 'the token was not sent');
      },
    },
    {
      name: 'is never sent again where the answer leaves open whether it was carried out',
      run: async () => {
        for (const loss of LOSSES) {
          const { settled, requests } = await confirmed(subject, losing(loss, inOrder([])));
          assert.equal(settled.ok ? settled.value.outcome : settled.error.code, 'outcome_unknown', loss.name);
          const [first] = requests;
          const times = requests.filter((request) => isSameRequest(request, first)).length;
          assert.equal(times, 1, `${loss.name}: it was sent ${times} times`);
        }
      },
    },
    {
      name: 'never lets the token out, also where the answer echoes it',
      run: async () => {
        const secrets = [TOKEN, ...subject.secrets];
        for (const { answers, expected } of fixtures) {
          const kind = labelOf(expected);
          const echoed = [answers, ...inWords(secrets)(answers, kind), ...aroundWords(secrets)(answers, kind)];
          for (const changed of echoed) {
            const { settled } = await confirmed(subject, inOrder(changed));
            const seen = everythingOf(settled.ok ? settled.value : settled.error);
            assert.ok(!holdsSecret(seen, secrets), `a secret is in the ${settled.ok ? 'result' : 'error'}`);
          }
        }
      },
    },
  ];
}

async function confirmed(
  subject: ConformanceSubject,
  respond: Responder,
): Promise<{ readonly settled: Settled<CancelResult>; readonly requests: readonly SeenRequest[] }> {
  const before = beforeOf(subject);
  return withTrial(subject, handingOver(before, respond), async ({ server, service }) => {
    const settled = await settle(service.confirm(confirmationOf(subject, { token: TOKEN })));
    return { settled, requests: server.requests.slice(before.length) };
  });
}

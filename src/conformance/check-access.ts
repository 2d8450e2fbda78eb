import assert from 'node:assert/strict';
import type { BoundAccess } from '../accounts/account-wire.ts';
import { operationsOfAccount } from '../accounts/account.ts';
import { handingOver, inOrder, reply } from './answers.ts';
import { onAnotherDay } from './check-purity.ts';
import type { Check } from './check.ts';
import { granting, learnsTheClockAlone, type LoginResponder } from './logins.ts';
import type { Responder } from './loopback.ts';
import type { ConformanceAnswer, ConformanceLogin, ConformanceSubject } from './subject.ts';
import {
  beforeOf,
  describeSettled,
  orderOf,
  settle,
  successAnswers,
  withTrial,
  type Settled,
  type Trial,
} from './trial.ts';

const CALLS = 20;

/** Whether logins are few, tokens are renewed, and headers depend on what they are given alone. */
export function accessChecks(subject: ConformanceSubject): readonly Check[] {
  const { login } = subject;
  const purity: Check = {
    name: 'makes the same headers for the same request, moment and token, whatever the clock and chance',
    run: () => makesTheSameHeaders(subject),
  };
  const described: Check = {
    name: 'has a login among its answers exactly if it obtains a token',
    run: async () => {
      const access = await accessOf(subject);
      assert.equal(login !== undefined, access?.obtain !== undefined, 'the subject needs `login`, or must not have it');
    },
  };
  return login === undefined ? [described, purity] : [described, purity, ...loginChecks(subject, login)];
}

function loginChecks(subject: ConformanceSubject, login: ConformanceLogin): readonly Check[] {
  const [success] = successAnswers(subject).slice(beforeOf(subject).length);
  const accepting: Responder = (response) => reply(response, success ?? { status: 500 });
  return [
    {
      name: `logs in once for ${CALLS} concurrent calls`,
      run: () =>
        withTrial(subject, accepting, async ({ service, logins }) => {
          await Promise.all(Array.from({ length: CALLS }, () => settle(service.cancel(orderOf(subject)))));
          assert.equal(logins.length, login.granted('').length, `it sent ${logins.length} requests to log in`);
        }),
    },
    learnsTheClockAlone(login)
      ? {
          name: 'sends nothing again that is refused although the clock is right',
          run: () => isFinal(subject),
        }
      : {
          name: 'renews a token that is refused in the middle of a run, and sends the cancellation again',
          run: () => renews(subject, login),
        },
    {
      name: 'logs in once more at most where every token is refused, and is unauthorized',
      run: async () => {
        const refusal = refusalOf(subject);
        const refusing: Responder = (response) => reply(response, refusal);
        await withTrial(subject, refusing, async ({ service, logins }) => {
          const calls = Array.from({ length: CALLS }, () => settle<object>(service.cancel(orderOf(subject))));
          const ended = [...(await Promise.all(calls)), await settle<object>(service.cancel(orderOf(subject)))];
          for (const settled of ended) assertUnauthorized(settled, refusal);
          const times = logins.length / login.granted('').length;
          assert.ok(times <= 2, `it logged in ${times} times`);
        });
      },
    },
    {
      name: 'does not try refused credentials again, and has then sent nothing else',
      run: () => {
        const refusing: LoginResponder = () => login.refused;
        const work = async ({ service, logins, server }: Trial): Promise<void> => {
          const calls = Array.from({ length: CALLS }, () => settle<object>(service.cancel(orderOf(subject))));
          for (const settled of [
            ...(await Promise.all(calls)),
            await settle<object>(service.cancel(orderOf(subject))),
          ]) {
            assert.ok(!settled.ok && settled.error.code === 'unauthorized', describeSettled(settled));
          }
          assert.equal(logins.length, 1, `it logged in ${logins.length} times`);
          assert.equal(server.requests.length, 0, 'something was sent without a login');
        };
        return withTrial(subject, inOrder([]), work, {}, refusing);
      },
    },
    {
      name: 'takes no answer for a login that is none',
      run: async () => {
        for (const answer of NO_LOGINS) {
          const work = async ({ service, server }: Trial): Promise<void> => {
            const settled = await settle<object>(service.cancel(orderOf(subject)));
            assert.ok(!settled.ok && settled.error.code !== 'outcome_unknown', describeSettled(settled));
            assert.equal(server.requests.length, 0, `it went on after ${answer.status} ${JSON.stringify(answer.body)}`);
          };
          await withTrial(subject, inOrder([]), work, {}, () => answer);
        }
      },
    },
  ];
}

const NO_LOGINS: readonly ConformanceAnswer[] = [
  { status: 200, body: '<html><body>Sign in</body></html>' },
  { status: 200, body: {} },
  { status: 200, body: [] },
  { status: 200 },
  { status: 204 },
  { status: 404, body: '<html><body>Nothing here</body></html>' },
  { status: 500, body: {} },
];

async function renews(subject: ConformanceSubject, login: ConformanceLogin): Promise<void> {
  const refusal = refusalOf(subject);
  const answers = successAnswers(subject);
  const middle = [...answers, refusal];
  await withTrial(
    subject,
    handingOver(middle, inOrder(answers)),
    async ({ service, server, logins }) => {
      const first = await settle<object>(service.cancel(orderOf(subject)));
      assert.ok(first.ok, describeSettled(first));
      const second = await settle<object>(service.cancel(orderOf(subject)));
      assert.ok(second.ok, describeSettled(second));
      assert.equal(
        server.requests.length,
        middle.length + answers.length,
        'the refused request was not sent once more',
      );
      assert.equal(logins.length, 2 * login.granted('').length, 'it did not log in once more');
    },
    {},
    granting,
  );
}

async function isFinal(subject: ConformanceSubject): Promise<void> {
  const refusal = refusalOf(subject);
  const refusing: Responder = (response) => reply(response, refusal);
  await withTrial(subject, refusing, async ({ service, server }) => {
    assertUnauthorized(await settle<object>(service.cancel(orderOf(subject))), refusal);
    assert.equal(server.requests.length, 1, 'the refused request was sent once more');
  });
}

/** The provider's own words with a 401, if it has documented them. */
function refusalOf({ fixtures }: ConformanceSubject): ConformanceAnswer {
  const found = fixtures.find(({ kind, answers }) => kind === 'unauthorized' && answers[0].status === 401);
  return found?.answers[0] ?? { status: 401, body: {} };
}

/** A 401 in words that are not the provider's is judged by its status alone. */
function assertUnauthorized(settled: Settled<object>, { body }: ConformanceAnswer): void {
  const isOwn = JSON.stringify(body) !== '{}';
  const codes = isOwn ? ['unauthorized'] : ['unauthorized', 'unexpected_response'];
  assert.ok(!settled.ok && codes.includes(settled.error.code), describeSettled(settled));
}

async function makesTheSameHeaders(subject: ConformanceSubject): Promise<void> {
  const access = await accessOf(subject);
  if (access === undefined) return;
  const request = { method: 'POST', url: 'http://127.0.0.1:2/a?b=1', body: '{"c":1}' };
  const nonce = '3f0c7a52-5b1e-4c5e-9a44-0d3f5a1c9e21';
  const moment = { now: 1_767_225_600_000, nonce, token: 'conformance-token' };
  const made = async (): Promise<unknown> => [access.headers(request, moment), firstOf(access, moment)];
  const first = await made();
  assert.deepEqual(await made(), first, 'the same request has other headers');
  assert.deepEqual(await onAnotherDay(made), first, 'the headers hold a time or chance that they were not given');
}

function firstOf({ obtain }: BoundAccess, moment: { readonly now: number; readonly nonce: string }): unknown {
  return obtain?.(moment)?.next().value;
}

async function accessOf({ provider, config }: ConformanceSubject): Promise<BoundAccess | undefined> {
  const operations = await operationsOfAccount(provider.account(config('http://127.0.0.1:2')));
  assert.ok(operations, 'the provider was made by another copy of cancelkit than the suite');
  return await operations.boundAccess();
}

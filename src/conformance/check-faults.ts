import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceOptions } from '../index.ts';
import type { Check } from './check.ts';
import { AFTERMATH_MS, assertSentOnce, fault, successText } from './fault.ts';
import { withHaste } from './haste.ts';
import { closedOrigin } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import {
  beforeCancelOf,
  describeSettled,
  orderOf,
  serviceWith,
  settle,
  successAnswers,
  withTrial,
  type Settled,
  type Trial,
} from './trial.ts';

type Outcome = Settled<{ readonly outcome: string }>;

// A machine under load may need longer until the request is out at all; only then is the next limit tried. One that is
// late with the rest gets the same limit again.
const LIMITS_MS = [150, 600, 2400];
const MOST_LATE = 2;
const SLACK_MS = 1000;

// The first time, and the three repetitions of what has not left the machine.
const MOST_ATTEMPTS = 4;

/** Whether faults of the network are reported truthfully, and nothing is ever sent twice. */
export function faultChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    {
      name: 'does not know the outcome if no answer comes in time, and has sent once',
      run: () => timesOut(subject, () => undefined),
    },
    {
      name: 'does not know the outcome if the answer trickles in, and gives up in time',
      run: () => timesOut(subject, (response) => trickle(response, successText(subject))),
    },
    {
      name: 'does not know the outcome if the connection is reset after the send, and has sent once',
      run: () => losesConnection(subject, (response) => void response.socket?.resetAndDestroy()),
    },
    {
      name: 'does not know the outcome if the connection is cut within the answer, and has sent once',
      run: () =>
        losesConnection(subject, (response) => {
          response.writeHead(200, { 'content-length': '4096' });
          response.write(successText(subject), () => response.socket?.resetAndDestroy());
        }),
    },
    {
      name: 'is unavailable if the connection is refused',
      run: async () => {
        const service = serviceWith(subject, subject.config(await closedOrigin()));
        const settled = await withHaste(() => settle(service.cancel(orderOf(subject))));
        assert.ok(!settled.ok && settled.error.code === 'unavailable', describeSettled(settled));
        assert.ok(settled.error.retryable, 'not retryable');
        const { attempts } = settled.error;
        assert.ok(attempts > 1 && attempts <= MOST_ATTEMPTS, `it was tried ${attempts} times`);
      },
    },
    {
      name: 'sends again if the connection was refused, and takes what it is then told',
      run: () => connectsLater(subject),
    },
    {
      name: 'is aborted if the signal says so beforehand, and has sent nothing',
      run: () =>
        withTrial(subject, successAnswers(subject), async ({ server, service }) => {
          const settled = await settle(service.cancel(orderOf(subject), { signal: AbortSignal.abort() }));
          assert.ok(!settled.ok && settled.error.code === 'aborted', describeSettled(settled));
          await delay(AFTERMATH_MS);
          assert.equal(server.requests.length, 0, 'something was sent');
        }),
    },
    {
      name: 'does not know the outcome if it is aborted after the send, and has sent once',
      run: async () => {
        const controller = new AbortController();
        const respond = fault(subject, () => controller.abort());
        const options: ServiceOptions = { attemptTimeoutMs: 2000, deadlineMs: 2500 };
        await withTrial(
          subject,
          respond,
          async ({ server, service }) => {
            const settled = await settle(service.cancel(orderOf(subject), { signal: controller.signal }));
            assertUnknown(settled, 'aborted');
            await assertSentOnce(subject, server.requests);
            assert.equal(
              server.requests.length,
              beforeCancelOf(subject).length + 1,
              'something was sent after the abort',
            );
          },
          options,
        );
      },
    },
  ];
}

async function timesOut(subject: ConformanceSubject, act: (response: ServerResponse) => void): Promise<void> {
  let problem = '';
  let [index, late] = [0, 0];
  for (let limit = LIMITS_MS[index]; limit !== undefined && late < MOST_LATE; limit = LIMITS_MS[index]) {
    const deadlineMs = limit * 2;
    const wasSent = await withTrial(
      subject,
      fault(subject, act),
      async ({ server, service }) => {
        const start = performance.now();
        const settled = await settle(service.cancel(orderOf(subject)));
        const took = performance.now() - start;
        problem =
          took < deadlineMs + SLACK_MS ? '' : `it took ${Math.round(took)} ms with a deadline of ${deadlineMs} ms`;
        if (server.requests.length <= beforeCancelOf(subject).length) return false;
        assertUnknown(settled, 'timeout');
        await assertSentOnce(subject, server.requests);
        return true;
      },
      { attemptTimeoutMs: limit, deadlineMs },
    );
    if (wasSent && problem === '') return;
    if (wasSent) late += 1;
    else index += 1;
  }
  assert.fail(problem === '' ? 'the cancellation was never sent' : problem);
}

async function losesConnection(subject: ConformanceSubject, act: (response: ServerResponse) => void): Promise<void> {
  await withTrial(subject, fault(subject, act), async ({ server, service }) => {
    assertUnknown(await settle(service.cancel(orderOf(subject))), 'connection_lost');
    await assertSentOnce(subject, server.requests);
  });
}

/** Has the connection for the cancellation itself refused once. */
async function connectsLater(subject: ConformanceSubject): Promise<void> {
  let calls = 0;
  const fetch: typeof globalThis.fetch = async (...parts) => {
    if (await isLogin(subject, parts)) return globalThis.fetch(...parts);
    calls += 1;
    if (calls - 1 !== beforeCancelOf(subject).length) return globalThis.fetch(...parts);
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
    throw new TypeError('fetch failed', { cause });
  };
  const answers = successAnswers(subject);
  const work = async ({ server, service, logins }: Trial): Promise<void> => {
    const settled = await settle(service.cancel(orderOf(subject)));
    assert.ok(settled.ok, describeSettled(settled));
    assert.equal(settled.value.attempts, answers.length + logins.length + 1, 'the refused connection was not counted');
    await assertSentOnce(subject, server.requests);
  };
  await withTrial(subject, answers, work, { fetch });
}

async function isLogin({ login }: ConformanceSubject, parts: Parameters<typeof fetch>): Promise<boolean> {
  if (login === undefined) return false;
  const request = new Request(...parts);
  const { pathname, search } = new URL(request.url);
  return login.isLogin({ method: request.method, target: `${pathname}${search}`, body: await request.text() });
}

function trickle(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  // All but the end, and then white space, which JSON allows for as long as it takes.
  let left = text.slice(0, -1);
  const timer = setInterval(() => {
    response.write(left[0] ?? ' ');
    left = left.slice(1);
  }, 10);
  response.on('close', () => clearInterval(timer));
}

function assertUnknown(settled: Outcome, reason: string): void {
  assert.ok(!settled.ok && settled.error.code === 'outcome_unknown', describeSettled(settled));
  assert.equal(settled.error.reason, reason);
  assert.ok(settled.error.sentAt !== undefined, 'it does not say when it was sent');
  assert.equal(settled.error.lastSeen, undefined, 'it claims to have read the state back');
}

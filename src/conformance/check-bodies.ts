import assert from 'node:assert/strict';
import { handingOver, inOrder, reply } from './answers.ts';
import { acceptances, badBodies, isDocumented, textsFor } from './bad-bodies.ts';
import type { Check } from './check.ts';
import { timesAfter } from './logins.ts';
import type { Responder } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import {
  assertNoFault,
  beforeCancelOf,
  cancellationAmong,
  describeSettled,
  orderOf,
  settle,
  timesSent,
  withTrial,
  type Settled,
} from './trial.ts';

const HTML = '<html><body>Not here</body></html>';

/** Whether an answer that is not the API's own is ever taken for one. */
export function bodyChecks(subject: ConformanceSubject): readonly Check[] {
  const successes = acceptances(subject);
  const statuses = [...new Set([200, ...subject.fixtures.map(({ answers: [{ status }] }) => status), 500, 503])];
  const judged = statuses.filter(
    (status) => (status > 199 && status < 300 && status !== 204 && status !== 205) || status > 499,
  );
  return [
    ...badBodies(successes).map((bad) => ({
      name: `does not know the outcome after an answer of ${bad.name}`,
      run: async () => {
        for (const status of judged) {
          for (const body of textsFor(bad, status)) {
            if (status < 300 && isDocumented(successes, body)) continue;
            assertUnknown(await answered(subject, status, body), `${bad.name} with ${status}`);
          }
        }
      },
    })),
    {
      name: 'does not take a firewall’s 403 in HTML for the API’s own word',
      run: async () => assertUnknown(await answered(subject, 403, HTML), 'HTML with 403'),
    },
    {
      name: 'does not take a web server’s 404 in HTML for a service that is not there',
      run: async () => {
        const settled = await answered(subject, 404, HTML);
        assert.ok(!settled.ok && settled.error.code !== 'not_found', describeSettled(settled));
      },
    },
    {
      name: 'takes no HTML for a success, whatever the status',
      run: async () => {
        for (const status of [200, 201, 202, 203, 206, 207, 226, 299, 400, 401, 402, 405, 409, 410, 422, 423, 451]) {
          const settled = await answered(subject, status, HTML);
          assert.ok(!settled.ok, `HTML with ${status}: ${describeSettled(settled)}`);
        }
      },
    },
  ];
}

/** Answers a cancellation with this and, unless it is a failure, every read-back that follows it too. */
async function answered(
  subject: ConformanceSubject,
  status: number,
  body: string,
): Promise<Settled<{ readonly outcome: string }>> {
  const bad = { status, body };
  const next: Responder = status < 500 ? (response) => reply(response, bad) : inOrder([bad]);
  const respond = handingOver(beforeCancelOf(subject), next);
  return withTrial(subject, respond, async ({ server, service }) => {
    const settled = await settle(service.cancel(orderOf(subject)));
    const times = timesSent(cancellationAmong(subject, server.requests), server.requests);
    assert.equal(times, timesAfter(subject, status), `the cancellation was sent ${times} times`);
    return settled;
  });
}

function assertUnknown(settled: Settled<{ readonly outcome: string }>, what: string): void {
  const code = settled.ok ? settled.value.outcome : settled.error.code;
  assert.equal(code, 'outcome_unknown', `${what}: ${describeSettled(settled)}`);
  const seen = settled.ok ? undefined : settled.error.lastSeen;
  assert.ok(seen === undefined || seen === 'unknown', `${what}: it claims to have seen ${seen}`);
  assertNoFault(settled, what);
}

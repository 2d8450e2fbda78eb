import assert from 'node:assert/strict';
import { inOrder } from './answers.ts';
import type { Check } from './check.ts';
import { assertSentOnce, fault, successText } from './fault.ts';
import { withLoopback } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import { describeSettled, orderOf, settle, successAnswers, withTrial } from './trial.ts';

/** Whether a redirect leads anything to another address than the configured one. */
export function redirectChecks(subject: ConformanceSubject): readonly Check[] {
  return [301, 302, 303, 307, 308].map((status) => ({
    name: `does not follow a ${status} to another server or path`,
    run: () => staysPut(subject, status),
  }));
}

async function staysPut(subject: ConformanceSubject, status: number): Promise<void> {
  await withLoopback(inOrder(successAnswers(subject)), async (target) => {
    for (const location of [`${target.origin}/elsewhere`, '/elsewhere']) {
      const respond = fault(subject, (response) => {
        response.writeHead(status, { location, 'content-type': 'application/json', connection: 'close' });
        response.end(successText(subject));
      });
      await withTrial(subject, respond, async ({ server, service }) => {
        const settled = await settle(service.cancel(orderOf(subject)));
        assert.ok(!settled.ok, `${status} became ${describeSettled(settled)}`);
        const codes = ['unexpected_response', 'outcome_unknown'];
        assert.ok(codes.includes(settled.error.code), describeSettled(settled));
        await assertSentOnce(subject, server.requests);
        assert.ok(!server.requests.some((request) => request.target.includes('elsewhere')), 'the path was followed');
      });
    }
    assert.equal(target.requests.length, 0, 'the other server was sent something');
  });
}

import type { CancelResult, SafeResult } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { datedService } from '../support/dated.ts';
import { json, recordingFetch, writesOf } from '../support/fetch.ts';

const day = (value: string): object => ({ value, precision: 'date', source: 'provider' });
const on = (value: string): { readonly on: string } => ({ on: value });

/** A provider that accepts every list, and then shows this date for each service. */
function accepting(shown: string, answer: unknown = { verdict: 'accepted', outcome: 'requested' }, status = 200) {
  return recordingFetch(({ method }) =>
    method === 'GET'
      ? json({
          verdict: 'found',
          status: { state: 'scheduled', effectiveAt: day(shown), revocable: false, raw: null },
        })
      : json(answer, status),
  );
}

async function outcomes(
  { fetch }: ReturnType<typeof accepting>,
  requests: Parameters<ReturnType<typeof datedService>['cancelMany']>[0],
): Promise<readonly string[]> {
  const ended: string[] = [];
  const run = datedService(fetch).cancelMany(requests, { batch: { dated: 10 }, verify: true });
  for await (const { index, ...settled } of run) ended[index] = wordOf(settled);
  return ended;
}

const wordOf = (settled: SafeResult<CancelResult>): string =>
  settled.ok ? settled.result.outcome : settled.error.code;

const request = (id: string, parts: object = {}) =>
  ({ account: 'dated', service: { id }, when: on('2099-12-31'), ...parts }) as const;

describe('cancellations that may share a request', () => {
  it('share it if their dates and extras are alike, and carry them', async () => {
    const sent = accepting('2099-12-31');
    const extras = { reserveLocation: true };
    const requests = [request('a', { extras }), request('b', { extras })];
    expect(await outcomes(sent, requests)).toEqual(['scheduled', 'scheduled']);
    expect(writesOf(sent.requests).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { ids: ['a', 'b'], when: '2099-12-31', reserveLocation: true },
    ]);
  });

  it.each([
    ['dates', { when: on('2099-12-30') }],
    ['timings', { when: 'earliest' }],
    ['extras', { extras: { reserveLocation: true } }],
    ['reasons', { reason: 'Over' }],
  ])('do not share it if their %s differ', async (_name, parts) => {
    const sent = accepting('2099-12-31');
    await outcomes(sent, [request('a'), request('b', parts)]);
    expect(writesOf(sent.requests)).toHaveLength(2);
  });

  it('are in doubt if another date is read back than was asked for', async () => {
    const sent = accepting('2099-12-30');
    expect(await outcomes(sent, [request('a'), request('b')])).toEqual(['outcome_unknown', 'outcome_unknown']);
    expect(writesOf(sent.requests)).toHaveLength(1);
  });

  it('are read back one by one if the list is refused because of a date', async () => {
    const refused = { verdict: 'refused', code: 'date_too_early', message: 'One is too early.' };
    const sent = accepting('2099-12-30', refused, 422);
    expect(await outcomes(sent, [request('a'), request('b')])).toEqual(['timing_conflict', 'timing_conflict']);
  });

  it('each need a confirmation if the list does', async () => {
    const required = { verdict: 'confirmation_required', sentTo: 'email' };
    const sent = accepting('2099-12-31', required);
    const code = 'confirmation_required';
    expect(await outcomes(sent, [request('a'), request('b')])).toEqual([code, code]);
  });
});

import { assertStatus, MittwaldAPIV2Client } from '@mittwald/api-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call } from './http.ts';

// The vendor's own client is the caller: it knows the API, and nothing of the adapter.

let sandbox: Sandbox;
let client: MittwaldAPIV2Client;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  const { baseUrl, token } = sandbox.settings.mittwald;
  client = MittwaldAPIV2Client.newWithToken(token);
  client.axios.defaults.baseURL = baseUrl;
  return () => sandbox.close();
});

const END = '2026-03-30T22:59:59.000Z';

describe('the emulated mittwald, called by the vendor’s client,', () => {
  it('terminates a contract with its items at the next possible date', async () => {
    const { contractId } = sandbox.mittwald.seeded.active;
    const answer = await client.contract.terminateContract({ contractId, data: { reason: 'ticket 77' } });
    assertStatus(answer, 201);
    const items = sandbox.mittwald.service(contractId).items.map(({ contractItemId }) => contractItemId);
    expect(answer.data).toEqual({
      contractId,
      itemsScheduledForTermination: items,
      reason: 'ticket 77',
      terminationTargetDate: END,
    });
    const shown = await client.contract.getDetailOfContract({ contractId });
    assertStatus(shown, 200);
    const termination = { targetDate: END, scheduledAtDate: '2026-03-10T08:00:00.000Z', reason: 'ticket 77' };
    expect(shown.data.termination).toMatchObject({ ...termination, cancellationForbidden: false });
    expect(shown.data.baseItem).toMatchObject({ isBaseItem: true, termination });
    sandbox.clock.set(new Date(END));
    expect(sandbox.mittwald.service(contractId)).toMatchObject({
      ended: true,
      timesCancelled: 1,
      cancellation: { when: { on: '2026-03-30' }, effectiveAt: new Date(END) },
    });
  });

  it('terminates one item on the day of a later end, and leaves its contract alone', async () => {
    const { contractId, contractItemId = '' } = sandbox.mittwald.seeded.item;
    const data = { terminationTargetDate: '2026-04-30T10:00:00Z' };
    const answer = await client.contract.terminateContractItem({ contractId, contractItemId, data });
    assertStatus(answer, 201);
    expect(answer.data).toEqual({ contractId, contractItemId, terminationTargetDate: '2026-04-30T22:59:59.000Z' });
    expect(sandbox.mittwald.service(contractId)).toMatchObject({ cancellation: null, timesCancelled: 0 });
    const shown = await client.contract.getDetailOfContractItem({ contractId, contractItemId });
    assertStatus(shown, 200);
    expect(shown.data.termination).toMatchObject({ targetDate: '2026-04-30T22:59:59.000Z' });
  });

  it.each(['2026-03-29T22:59:59Z', '2026-05-01T00:00:00Z', '2025-03-30T22:59:59Z'])(
    'refuses %s, on which no period ends',
    async (terminationTargetDate) => {
      const { contractId } = sandbox.mittwald.seeded.active;
      const answer = await client.contract.terminateContract({ contractId, data: { terminationTargetDate } });
      expect(answer).toMatchObject({ status: 400, data: { type: 'ValidationError' } });
      expect(sandbox.mittwald.service(contractId).timesCancelled).toBe(0);
    },
  );

  it('refuses a contract that cannot be terminated, and one that is unknown', async () => {
    const { contractId } = sandbox.mittwald.seeded.fixed;
    expect(await client.contract.terminateContract({ contractId, data: {} })).toMatchObject({ status: 400 });
    expect(await client.contract.terminateContract({ contractId: 'V1', data: {} })).toMatchObject({ status: 404 });
    expect(await client.contract.getDetailOfContract({ contractId: 'V1' })).toMatchObject({ status: 404 });
  });

  it.each([
    ['refused', 409, 1],
    ['replaced', 201, 2],
  ] as const)('answers a second termination as configured: %s', async (repeatedTermination, status, times) => {
    sandbox.mittwald.configure({ repeatedTermination });
    const { contractId } = sandbox.mittwald.seeded.cancelled;
    expect(await client.contract.terminateContract({ contractId, data: {} })).toMatchObject({ status });
    expect(sandbox.mittwald.service(contractId).timesCancelled).toBe(times);
  });

  it('withdraws a termination, unless that is forbidden or nothing is there', async () => {
    const { active, cancelled, final } = sandbox.mittwald.seeded;
    const undo = (contractId: string): Promise<unknown> => client.contract.cancelContractTermination({ contractId });
    const { contractId } = cancelled;
    expect(await undo(contractId)).toMatchObject({ status: 200, data: { contractId, isCancelled: true } });
    expect(sandbox.mittwald.service(contractId).cancellation).toBeNull();
    for (const one of [active, final]) expect(await undo(one.contractId)).toMatchObject({ status: 412 });
    sandbox.mittwald.configure({ undo: 'declined' });
    const other = sandbox.mittwald.add({ terminated: true });
    expect(await undo(other.contractId)).toMatchObject({ status: 200, data: { isCancelled: false } });
    expect(sandbox.mittwald.service(other.contractId).cancellation).not.toBeNull();
  });

  it('knows a contract by its number, and forgets one that has ended if it is configured so', async () => {
    const { contractId } = sandbox.mittwald.seeded.cancelled;
    const { contractNumber } = sandbox.mittwald.service(contractId);
    const read = (): Promise<unknown> => client.contract.getDetailOfContract({ contractId: contractNumber });
    expect(await read()).toMatchObject({ status: 200, data: { contractId } });
    sandbox.clock.advance({ days: 30 });
    expect(await read()).toMatchObject({ status: 200 });
    sandbox.mittwald.configure({ endedContract: 'gone' });
    expect(await read()).toMatchObject({ status: 404 });
  });

  it('lists customers, and lets nobody in without the token', async () => {
    expect(await client.customer.listCustomers()).toMatchObject({ status: 200, data: [{ name: 'Sandbox' }] });
    client.axios.defaults.headers.common['x-access-token'] = 'other';
    const stranger = MittwaldAPIV2Client.newWithToken('other-token');
    stranger.axios.defaults.baseURL = sandbox.settings.mittwald.baseUrl;
    expect(await stranger.customer.listCustomers()).toMatchObject({ status: 401 });
    const answer: Answer = await call(`${sandbox.settings.mittwald.baseUrl}/v2/customers`);
    expect(answer).toMatchObject({ status: 401 });
  });
});

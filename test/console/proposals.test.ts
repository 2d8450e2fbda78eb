import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleOf, openConsoleSet, textOf, visit, type ConsoleSet, type Visitor } from './support/open-console.ts';

let set: ConsoleSet;
let kim: Visitor;
let ann: Visitor;
beforeAll(async () => {
  set = await openConsoleSet();
  kim = visit(consoleOf(set.queue));
  ann = visit(consoleOf(set.queue, { by: 'Ann', can: ['read', 'decide'] }));
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

async function propose(id: string): Promise<void> {
  const { serverId } = set.sandbox.vpsbg.add();
  const request = { account: 'vpsbg', service: { serverId }, when: 'immediate' } as const;
  await set.queue.enqueue(request, { id, by: 'Kim', propose: true });
}

describe('a proposal', () => {
  it('has a tab, and is approved by another person than the one who proposed it', async () => {
    await propose('proposed-1');
    const list = textOf((await kim.get('/?show=proposed')).text);
    expect(list).toContain('Proposed 1');
    const own = await kim.decide('proposed-1', { as: 'approve' });
    expect([own.status, textOf(own.text)]).toEqual([
      409,
      expect.stringContaining('another person than the one who proposed it'),
    ]);
    expect((await set.queue.get('proposed-1'))?.state).toBe('proposed');
    expect((await ann.decide('proposed-1', { as: 'approve', note: 'seen the ticket' })).status).toBe(303);
    expect((await set.queue.get('proposed-1'))?.state).toBe('planned');
    expect(textOf((await kim.get('/cancellation?id=proposed-1')).text)).toMatch(
      /Ann approved it\. “seen the ticket”.*Kim proposed it\. It waits for approval\./,
    );
  });

  it('shows whoever approves it what else was asked for, and where it goes', async () => {
    const request = { account: 'ovh', service: { serviceId: 4242 }, when: 'end_of_period' } as const;
    const extras = { futureUse: 'NOT_REPLACING_SERVICE' } as const;
    const reason = { text: 'moved to another house' };
    await set.queue.enqueue({ ...request, extras, reason }, { id: 'proposed-3', by: 'Kim', propose: true });
    const page = textOf((await ann.get('/cancellation?id=proposed-3')).text);
    expect(page).toContain('With it: futureUse: NOT_REPLACING_SERVICE.');
    expect(page).toContain('Reason: moved to another house.');
    expect(page).toMatch(/It goes to ovh http/);
  });

  it('is taken out of the queue by anybody who may decide', async () => {
    await propose('proposed-2');
    expect((await kim.decide('proposed-2', { as: 'withdraw' })).status).toBe(303);
    expect((await set.queue.get('proposed-2'))?.state).toBe('refused');
  });
});

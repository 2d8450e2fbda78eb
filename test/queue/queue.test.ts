import { createCancelService } from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScriptedProvider, type ScriptedProvider } from '../campaign/scripted-provider.ts';
import { readable } from '../campaign/test-provider.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';

describe.each(DATABASES)('a queue on %s', (_, open) => {
  let database: TestDatabase;
  let provider: ScriptedProvider;
  beforeAll(async () => {
    database = await open();
    provider = await startScriptedProvider();
  }, 60_000);
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await provider.server.close();
  });

  it('carries out what was enqueued, and tells the same as cancel', async () => {
    const services = createCancelService({
      shop: readable.account({ baseUrl: provider.server.url, token: 'a-token-of-this-test' }),
    });
    const queue = await createCancelQueue({ services, database: database.address });
    const request = { account: 'shop', service: { id: 'service-1' }, when: 'immediate' } as const;
    expect(await queue.enqueue(request, { id: 'one' })).toEqual({ id: 'one', added: true });
    expect(await queue.enqueue(request, { id: 'one' })).toEqual({ id: 'one', added: false });
    await queue.work({ stopWhenIdle: true });
    const record = await queue.get('one');
    expect(record).toMatchObject({ state: 'requested', outcome: { ok: true, result: { outcome: 'requested' } } });
    await queue.close();
  });
});

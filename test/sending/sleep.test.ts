import { createCancelService, type OperationEvent } from 'cancelkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchForSleep } from '../../src/platform/since-boot.ts';
import { acme, REQUEST } from '../support/acme.ts';
import { startHttp } from '../support/loopback.ts';
import '../support/no-waiting.ts';

vi.mock('../../src/platform/since-boot.ts', { spy: true });

afterEach(() => void vi.mocked(watchForSleep).mockReset());

describe('a machine that sleeps while the connection for a cancellation is made', () => {
  const token = 'a-token-of-the-account';

  it('writes nothing on it, and sends the cancellation once, on another attempt', async () => {
    await using server = await startHttp((response) => response.end('{"result":"success"}'));
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    vi.mocked(watchForSleep).mockImplementationOnce(() => () => true);
    const result = await services.cancel(REQUEST);
    expect(result).toMatchObject({ outcome: 'requested', attempts: 2 });
    expect(server.seen).toHaveLength(1);
  });

  it('sends nothing more if the caller stops the next attempt, as a queue does whose lease is over', async () => {
    await using server = await startHttp((response) => response.end('{"result":"success"}'));
    const services = createCancelService({ acme: acme({ baseUrl: server.origin, token }) });
    vi.mocked(watchForSleep).mockImplementationOnce(() => () => true);
    const stop = new AbortController();
    const onEvent = (event: OperationEvent): void => {
      if (event.type === 'attempt' && event.attempt === 2) stop.abort();
    };
    const outcome = await services.safeCancel(REQUEST, { signal: stop.signal, onEvent });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'aborted' } });
    expect(server.seen).toEqual([]);
  });
});

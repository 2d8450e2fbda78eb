import { createCancelService } from 'cancelkit';
import { expect, it, vi } from 'vitest';
import { blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { startHttp } from '../support/loopback.ts';

vi.mock('ky', () => {
  throw new Error('the file is gone');
});

it('a cancellation whose HTTP client cannot be loaded is not sent, and says so', async () => {
  await using server = await startHttp((response) => response.end('{}'));
  const account = blindAcmeProvider().account({ baseUrl: server.origin, token: 'a-token-of-the-account' });
  const error = await failureOf(createCancelService({ acme: account }).cancel(REQUEST));
  expect(error).toMatchObject({ code: 'unavailable' });
  expect(error.message).toContain('could not be loaded');
  expect(server.seen).toEqual([]);
});

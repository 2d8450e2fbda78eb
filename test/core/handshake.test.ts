import { createCancelService } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { startHttp, startRaw } from '../support/loopback.ts';
import '../support/no-waiting.ts';

const token = 'a-token-of-the-account';
const overTls = (origin: string): string => origin.replace('http:', 'https:');

/** What can go wrong in a TLS handshake; no HTTP request can have arrived. */
const handshakes = [
  ['a server that speaks HTTP without TLS', () => startHttp((response) => response.end('{}'))],
  ['a server that closes', () => startRaw((socket) => socket.end())],
  ['a server that resets', () => startRaw((socket) => socket.resetAndDestroy())],
  [
    'a server that refuses by an alert',
    () => startRaw((socket) => socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]))),
  ],
  ['a server that speaks another protocol', () => startRaw((socket) => socket.end('220 mail.example.com ESMTP\r\n'))],
] as const;

describe.each(handshakes)('a cancellation over TLS at %s', (_, start) => {
  it('was not sent, and says so', async () => {
    await using server = await start();
    const account = blindAcmeProvider().account({ baseUrl: overTls(server.origin), token });
    const error = await failureOf(createCancelService({ acme: account }).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toContain('Nothing was sent');
  });

  it('ends a list after three of its rows', async () => {
    await using server = await start();
    const services = createCancelService({ acme: acme({ baseUrl: overTls(server.origin), token }) });
    const rows = Array.from({ length: 20 }, (_row, index) => ({
      ...REQUEST,
      service: { ...REQUEST.service, hostingId: `h-${index}` },
    }));
    const tried: string[] = [];
    const codes: string[] = [];
    for await (const item of services.cancelMany(rows, { concurrency: 1 })) {
      if (item.ok) throw new Error('it was cancelled');
      codes.push(item.error.code);
      if (item.error.attempts > 0) tried.push(item.request.service.hostingId);
    }
    expect(codes).toEqual(Array(20).fill('unavailable'));
    expect(tried).toEqual(['h-0', 'h-1', 'h-2']);
  });
});

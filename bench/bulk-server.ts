/**
 * The four providers on loopback, in a process of its own, so that their work is not counted. Answers each request with
 * its provider's documented success after so many milliseconds (argument). Prints their ports, stops with its parent.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerTo } from './bulk-answers.ts';

const latencyMs = Number(process.argv[2]);

const servers = ['edis', 'vpsbg', 'plesk', 'billing'].map(() =>
  createServer((request, response) => {
    const receivedAt = performance.now();
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { status, body } = answerTo(request.url ?? '', text);
      const headers = {
        'content-length': Buffer.byteLength(body),
        ...(body && { 'content-type': 'application/json' }),
      };
      setTimeout(
        () => response.writeHead(status, headers).end(body),
        Math.max(1, latencyMs - (performance.now() - receivedAt)),
      );
    });
  }),
);
const ports: number[] = [];
for (const server of servers) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address !== null) ports.push(address.port);
}
process.stdout.write(`${ports.join(' ')}\n`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

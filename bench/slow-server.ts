/**
 * A loopback server that answers like WHMCS after so many milliseconds, in a process of its own. `GET /` tells how many
 * services were cancelled, and how many of them more than once. Prints its port, stops with its parent.
 */
import { createServer } from 'node:http';

const latencyMs = Number(process.argv[2]);
const answer = JSON.stringify({ result: 'success' });
const executed = new Map<string, number>();

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      const twice = [...executed.values()].filter((times) => times > 1).length;
      response.end(JSON.stringify({ executed: executed.size, twice }));
      return;
    }
    const id = new URLSearchParams(body).get('serviceid') ?? '';
    executed.set(id, (executed.get(id) ?? 0) + 1);
    setTimeout(() => response.end(answer), latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

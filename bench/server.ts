/** A loopback server in a process of its own, whose work is not counted. Prints its port, stops with its parent. */
import { createServer } from 'node:http';

const answer = JSON.stringify({ result: 'success', serviceid: 4711, userid: 7 });

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { listen } from '../../support/listen.ts';
import type { TestDatabase } from './databases.ts';

/** A pooler in front of a server. */
export interface Pooler extends AsyncDisposable {
  readonly address: string;
  /** How often a client's transaction went to another session than its last one. */
  readonly switches: () => number;
}

/** What begins a session: client and server speak to each other directly until the server is ready. */
const READY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/**
 * Starts a pooler in transaction mode: each transaction of a client goes to whichever session is free, in turn, so that
 * what a client has set for its session is not there in its next transaction.
 *
 * @param sessions how many sessions of the server there are. They are those of the first clients, which log in
 * directly.
 */
export async function startPooler({ address }: TestDatabase, sessions: number): Promise<Pooler> {
  const target = new URL(address);
  const free: Socket[] = [];
  const waiting: ((session: Socket) => void)[] = [];
  const all = new Set<Socket>();
  let switches = 0;
  const give = (session: Socket): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(session);
    else next(session);
  };
  const take = (): Promise<Socket> => {
    const session = free.shift();
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  let greeting = Buffer.alloc(0);
  let opened = 0;
  const server = createServer((client) => {
    all.add(client);
    client.on('error', () => client.destroy());
    void serve(client);
  });
  const port = await listen(server);

  async function serve(client: Socket): Promise<void> {
    const incoming = new Messages(client, true);
    const startup = await incoming.next();
    if (startup === undefined) return;
    if (opened < sessions) {
      opened += 1;
      give(await login(client, incoming, startup));
    } else {
      client.write(greeting);
    }
    let last: Socket | undefined;
    for (;;) {
      const first = await incoming.next();
      // `X`: the client leaves; the session stays.
      if (first === undefined || first[0] === 'X'.charCodeAt(0)) break;
      const session = await take();
      if (last !== undefined && last !== session) switches += 1;
      last = session;
      await exchange(client, incoming, session, first);
      give(session);
    }
    client.end();
  }

  async function login(client: Socket, incoming: Messages, startup: Buffer): Promise<Socket> {
    const session = createConnection(Number(target.port), target.hostname);
    all.add(session);
    session.on('error', () => session.destroy());
    const outgoing = messagesOf(session);
    session.write(startup);
    const accepted: Buffer[] = [];
    for (;;) {
      const message = await outgoing.next();
      if (message === undefined) throw new Error('the server has gone');
      client.write(message);
      const isAuthentication = message[0] === 'R'.charCodeAt(0);
      // From the final yes on, another client can be told the same.
      if (!isAuthentication || message.readInt32BE(5) === 0) accepted.push(message);
      else if (message.readInt32BE(5) !== 12) session.write((await incoming.next()) ?? '');
      if (message[0] === READY) break;
    }
    greeting = Buffer.concat(accepted);
    return session;
  }

  return {
    address: Object.assign(new URL(address), { host: `127.0.0.1:${port}` }).href,
    switches: () => switches,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of all) socket.destroy();
      await once(server, 'close');
    },
  };
}

const streams = new WeakMap<Socket, Messages>();

function messagesOf(session: Socket): Messages {
  const known = streams.get(session) ?? new Messages(session, false);
  streams.set(session, known);
  return known;
}

/** Passes messages on, both ways, until the transaction is over. */
async function exchange(client: Socket, incoming: Messages, session: Socket, first: Buffer): Promise<void> {
  const outgoing = messagesOf(session);
  session.write(first);
  for (;;) {
    // A client sends what is to be answered as one: up to a query (`Q`) or a sync (`S`).
    let sent = first;
    while (sent[0] !== 'Q'.charCodeAt(0) && sent[0] !== 'S'.charCodeAt(0)) {
      const more = await incoming.next();
      if (more === undefined) return await leave(session, SYNC);
      session.write(more);
      sent = more;
    }
    let answer;
    do {
      answer = await outgoing.next();
      if (answer === undefined) return void client.destroy();
      client.write(answer);
    } while (answer[0] !== READY);
    if (answer.at(-1) === IDLE) return;
    const next = await incoming.next();
    if (next === undefined) return await leave(session, ROLLBACK);
    session.write(next);
    first = next;
  }
}

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
const ROLLBACK = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 13]), Buffer.from('ROLLBACK\0')]);

/** Ends the transaction of a client that has gone, so that the session is free for others. */
async function leave(session: Socket, message: Buffer): Promise<void> {
  session.write(message);
  let answer;
  do answer = await messagesOf(session).next();
  while (answer !== undefined && answer[0] !== READY);
  if (answer !== undefined && answer.at(-1) !== IDLE) await leave(session, ROLLBACK);
}

/** The messages of PostgreSQL's protocol in a stream; the first one of a client has no type. */
class Messages {
  readonly #chunks: AsyncIterator<unknown>;
  #rest = Buffer.alloc(0);
  #isFirst: boolean;

  constructor(socket: Socket, isClient: boolean) {
    this.#chunks = socket[Symbol.asyncIterator]();
    this.#isFirst = isClient;
  }

  async next(): Promise<Buffer | undefined> {
    const header = this.#isFirst ? 0 : 1;
    for (;;) {
      if (this.#rest.length >= header + 4) {
        const length = header + this.#rest.readInt32BE(header);
        if (this.#rest.length >= length) {
          const message = this.#rest.subarray(0, length);
          this.#rest = this.#rest.subarray(length);
          this.#isFirst = false;
          return message;
        }
      }
      const chunk = await this.#chunks.next().catch(() => undefined);
      if (chunk === undefined || chunk.done === true || !Buffer.isBuffer(chunk.value)) return undefined;
      this.#rest = Buffer.concat([this.#rest, chunk.value]);
    }
  }
}

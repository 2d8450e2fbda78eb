import { once } from 'node:events';
import { chmodSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import type { QueueCore } from '../operations/queue-core.ts';
import {
  connect,
  lineOf,
  MAX_REQUEST,
  READ_VERSION,
  readerRecordIn,
  readReaderRecord,
  readRequestSchema,
  type ReadRequest,
} from './reader-protocol.ts';

/** Serves readers until it is closed. */
export interface ReaderServer {
  readonly close: () => Promise<void>;
}

/**
 * Serves those who want to read an embedded queue while this process has it open: `get`, `list` and `stats`, and
 * nothing that writes. Only this user gets at the socket, and only who can read the directory has the token.
 *
 * @returns `undefined` if no socket can be made: then other processes cannot read meanwhile, and the queue works all
 * the same
 */
export async function serveReaders(
  directory: string,
  schema: string,
  core: Pick<QueueCore, 'get' | 'list' | 'stats'>,
): Promise<ReaderServer | undefined> {
  const token = crypto.randomUUID();
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A reader that goes away is its own affair.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // Readers do not keep the process alive.
    socket.unref();
    void answer(socket, (request) => execute(request, { token, schema }, core));
  });
  server.maxConnections = MOST;
  server.unref();
  await removeStale(directory);
  let address;
  try {
    address = await listen(server);
    const record = readerRecordIn(directory);
    const draft = `${record}.${token}`;
    writeFileSync(draft, `${JSON.stringify({ address, token })}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(draft, record);
  } catch {
    // No socket here, as in some sandboxes.
    server.close();
    return undefined;
  }
  const place = address;
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      removeSocket(place);
      if (readReaderRecord(directory)?.token === token) removeRecord(directory);
    },
  };
}

// A reader that has not asked, or not read its answer on, for so long is cut off.
const PATIENCE_MS = 30_000;
const MOST = 32;
const SOCKET = 'queue.sock';
const PREFIX = 'cancelkit-';

/**
 * Not in the directory of the queue: a backup of that directory cannot copy a socket, and the path of one is short (108
 * bytes on Linux). The directory that is made for it is this user's alone.
 */
async function listen(server: Server): Promise<string> {
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${PREFIX}${crypto.randomUUID()}` : socketPath();
  server.listen(address);
  await once(server, 'listening');
  if (process.platform !== 'win32') chmodSync(address, 0o600);
  return address;
}

function socketPath(): string {
  const longest = 100 - `/${PREFIX}XXXXXX/${SOCKET}`.length;
  const base = Buffer.byteLength(tmpdir()) > longest ? '/tmp' : tmpdir();
  return join(mkdtempSync(join(base, PREFIX)), SOCKET);
}

function removeSocket(address: string): void {
  if (process.platform === 'win32' || !address.endsWith(`/${SOCKET}`)) return;
  try {
    rmSync(address, { force: true });
    // Nothing else is in it.
    rmdirSync(dirname(address));
  } catch {
    // Gone already, or not ours to remove: an empty directory that is left there does no harm.
  }
}

function removeRecord(directory: string): void {
  try {
    rmSync(readerRecordIn(directory), { force: true });
  } catch {
    // It cannot be removed: it names a socket that no process answers.
  }
}

/** Removes what a killed process has left. In a copy of a directory, the file names the socket of another process. */
async function removeStale(directory: string): Promise<void> {
  const record = readReaderRecord(directory);
  if (record === undefined) return;
  try {
    (await connect(record.address)).destroy();
  } catch {
    removeSocket(record.address);
  }
}

async function answer(socket: Socket, work: (request: ReadRequest) => Promise<unknown>): Promise<void> {
  try {
    const request = v.parse(readRequestSchema, JSON.parse(await lineOf(socket, MAX_REQUEST)));
    socket.end(`${JSON.stringify({ value: await work(request) })}\n`);
  } catch (error) {
    // What else fails is a reader that speaks another language, or none.
    if (isProviderError(error)) socket.end(`${JSON.stringify({ error })}\n`);
    else socket.destroy();
  }
}

async function execute(
  { version, token, schema, read, of }: ReadRequest,
  own: { readonly token: string; readonly schema: string },
  core: Pick<QueueCore, 'get' | 'list' | 'stats'>,
): Promise<unknown> {
  if (token !== own.token) throw refused('the reader does not have the token of this directory');
  if (version !== READ_VERSION)
    throw refused('the process that has it open has another version of cancelkit. Update both');
  if (schema !== own.schema) throw refused('the process that has it open works with another schema');
  if (read === 'get') return await core.get(of);
  return await (read === 'list' ? core.list(of) : core.stats());
}

function refused(what: string): ProviderError {
  return new ProviderError('not_configured', { operation: 'queue', message: `queue: it cannot be read: ${what}.` });
}

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import * as v from 'valibot';

/** What readers ask the process for that has an embedded queue open: one line of JSON each way, a connection each. */
export interface ReadRequest {
  readonly version: number;
  /** Out of the file `lock.reader`, which only this user can read. */
  readonly token: string;
  readonly schema: string;
  readonly read: 'get' | 'list' | 'stats';
  /** The id of `get`, the filter of `list`. Checked as those of the methods. */
  readonly of?: unknown;
}

/** Of the protocol. Another one is refused. */
export const READ_VERSION = 1;

/** The longest line that a reader may send, in bytes. */
export const MAX_REQUEST = 16_384;

export const readRequestSchema: v.GenericSchema<unknown, ReadRequest> = v.strictObject({
  version: v.number(),
  token: v.string(),
  schema: v.string(),
  read: v.picklist(['get', 'list', 'stats']),
  of: v.optional(v.unknown()),
});

/** Where readers are served. */
export interface ReaderRecord {
  /** Of the socket. */
  readonly address: string;
  /** Shows that the reader may read the directory. */
  readonly token: string;
}

const recordSchema = v.object({ address: v.string(), token: v.string() });

/** The file in the directory of a queue that says where readers are served. */
export function readerRecordIn(directory: string): string {
  return join(directory, 'lock.reader');
}

/** What that file says; `undefined` if it is not there, or is not one. */
export function readReaderRecord(directory: string): ReaderRecord | undefined {
  try {
    return v.parse(recordSchema, JSON.parse(readFileSync(readerRecordIn(directory), 'utf8')));
  } catch {
    // No process serves readers, as far as this user can see.
    return undefined;
  }
}

/** Connects to a socket. @throws the system's error */
export async function connect(address: string): Promise<Socket> {
  const socket = createConnection({ path: address, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/**
 * The first line that comes.
 *
 * @param most bytes that are read at most.
 * @throws Error if no line arrives, or a longer one
 */
export async function lineOf(socket: Socket, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const bytes = v.parse(v.instance(Buffer), chunk);
    length += bytes.length;
    if (length > most) break;
    const end = bytes.indexOf(10);
    chunks.push(end < 0 ? bytes : bytes.subarray(0, end));
    if (end >= 0) return Buffer.concat(chunks).toString('utf8');
  }
  throw new Error('no line');
}

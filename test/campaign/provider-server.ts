import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { listen } from '../support/listen.ts';
import { applyFault } from './apply-fault.ts';
import type { Certificate } from './certificate.ts';
import { NO_FAULT, type ConnectionFault, type Fault } from './fault.ts';
import { createSpeaker, ignoreLostPeer, type Wire } from './wire.ts';

/** A request as the server sees it once its headers are there. */
export interface Received {
  readonly effect: 'read' | 'write';
  readonly id: string;
  /** Names the call that sent it. */
  readonly reference: string;
  /** Which request of this effect for this service it is, from 0. */
  readonly index: number;
}

/** How a server misbehaves. Left out: it does not. */
export interface Misbehaviour {
  readonly faultOf?: ((request: Received) => Fault) | undefined;
  readonly connectionFault?: ((index: number) => ConnectionFault | undefined) | undefined;
}

/** A provider on loopback that records what it was asked for and what it did. */
export interface ProviderServer {
  readonly url: string;
  /** The requests in the order in which their headers came. */
  readonly received: readonly Received[];
  /** How often the cancellation of each service was carried out, late ones included. */
  readonly executions: ReadonlyMap<string, number>;
  /** The same by the call that asked for it. */
  readonly executionsByReference: ReadonlyMap<string, number>;
  /** How many requests were answered as they should be. */
  readonly cleanAnswers: number;
  /** Connections that were made, those included that went wrong immediately. */
  readonly connections: number;
  /** HTTP version of the last request. */
  readonly httpVersion: string | undefined;
  /** Closes the port, and leaves the connections that there are. */
  refuse(): Promise<void>;
  /** Opens the port again. */
  accept(): Promise<void>;
  /** Closes the connections that there are. */
  dropConnections(): void;
  /** Lets the connections that hang in their handshake go on. */
  releaseHandshakes(): void;
  /** Ends everything immediately. Executions that are still to come are given up. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1, on a free port; with a certificate it speaks TLS, and HTTP/2 with who asks for it. */
export async function startProviderServer(
  misbehaviour: Misbehaviour = {},
  certificate?: Certificate,
): Promise<ProviderServer> {
  const state = new State(misbehaviour);
  const speaker = createSpeaker((wire) => state.handle(wire), certificate);
  const sockets = new Set<Socket>();
  const held: Socket[] = [];
  let connections = 0;
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', ignoreLostPeer).on('close', () => sockets.delete(socket));
    const fault = misbehaviour.connectionFault?.(connections);
    connections += 1;
    if (fault === undefined) speaker.emit('connection', socket);
    else if (fault === 'reset') socket.resetAndDestroy();
    else if (fault === 'garbage') socket.end('this is not what you asked for\r\n');
    else held.push(socket);
  });
  const port = await listen(front);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    received: state.received,
    executions: state.executions,
    executionsByReference: state.executionsByReference,
    get cleanAnswers() {
      return state.cleanAnswers;
    },
    get connections() {
      return connections;
    },
    get httpVersion() {
      return state.httpVersion;
    },
    refuse: () => stopListening(front),
    accept: async () => void (await listen(front, port)),
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    releaseHandshakes: () => {
      for (const socket of held.splice(0)) speaker.emit('connection', socket);
    },
    close: async () => {
      state.stop();
      const closed = front.listening ? once(front, 'close') : undefined;
      front.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

class State {
  readonly received: Received[] = [];
  readonly executions = new Map<string, number>();
  readonly executionsByReference = new Map<string, number>();
  cleanAnswers = 0;
  httpVersion: string | undefined;
  readonly #misbehaviour: Misbehaviour;
  readonly #counts = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(misbehaviour: Misbehaviour) {
    this.#misbehaviour = misbehaviour;
  }

  handle(wire: Wire): void {
    const received = this.#note(wire);
    const fault = this.#misbehaviour.faultOf?.(received) ?? NO_FAULT;
    if ('executed' in fault && received.effect === 'write') this.#execute(received, fault.executed);
    const wasCancelled = this.executions.has(received.id);
    applyFault(fault, wire, {
      result: received.effect === 'write' ? 'accepted' : 'found',
      cancelled: wasCancelled,
    });
    if (fault.kind === 'none' || fault.kind === 'close_after') this.cleanAnswers += 1;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #note({ httpVersion, method, path, headers }: Wire): Received {
    this.httpVersion = httpVersion;
    const effect = method === 'GET' ? 'read' : 'write';
    const id = path.split('/').at(-1) ?? '';
    const reference = String(headers['x-reference'] ?? '');
    const index = increment(this.#counts, `${effect} ${id}`) - 1;
    const received: Received = { effect, id, reference, index };
    this.received.push(received);
    return received;
  }

  #execute({ id, reference }: Received, when: boolean | number): void {
    if (when === false) return;
    const execute = (): void => {
      increment(this.executions, id);
      increment(this.executionsByReference, reference);
    };
    if (when === true) {
      execute();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      execute();
    }, when);
    this.#timers.add(timer);
  }
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

async function stopListening(server: Server): Promise<void> {
  // The listening socket is closed immediately; the event waits for the last connection, which may take its time.
  server.close();
  await new Promise(setImmediate);
}

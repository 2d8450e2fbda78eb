/**
 * The clients of WHMCS on npm that a user could choose instead, each sending the same cancellation. They are installed
 * into a temporary folder; one that cannot be installed or run is left out, and the reason printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One client with the call that cancels. */
export interface Peer {
  readonly name: string;
  readonly send: () => Promise<unknown>;
}

/** What a client needs to send the cancellation. */
export interface PeerTarget {
  readonly endpoint: string;
  readonly identifier: string;
  readonly secret: string;
  /** The fields of the call, without credentials. */
  readonly fields: Readonly<Record<string, string>>;
}

type Make = (library: unknown, target: PeerTarget) => () => Promise<unknown>;

// Where each library keeps what sends was read off its source; that it works is seen by the first call.
const PEERS: Readonly<Record<string, { readonly version: string; readonly make: Make }>> = {
  'whmcs-js': {
    version: '2.0.1',
    make: (library, { endpoint, identifier, secret, fields }) => {
      const services = construct(Reflect.get(Object(library), 'Services'), { serverUrl: endpoint, identifier, secret });
      return async () => await call(services, 'callApi', fields);
    },
  },
  'whmcs-api': {
    version: '1.5.5',
    make: (library, { endpoint, identifier, secret, fields }) => {
      const { action = '', ...rest } = fields;
      const client = construct(library, { endpoint, identifier, secret, responsetype: 'json' });
      return async () => await call(client, 'call', action, rest);
    },
  },
  whmcs: {
    version: '1.2.2',
    make: (library, { endpoint, identifier, secret, fields }) => {
      const client = construct(library, { serverUrl: endpoint, username: identifier, password: secret });
      const utils: unknown = Reflect.get(client, 'utils');
      return async () =>
        await new Promise((resolve, reject) => {
          const done = (error: unknown, data: unknown): void => (error === null ? resolve(data) : reject(error));
          call(Object(utils), 'modem', { client, body: { ...fields } }, done);
        });
    },
  },
};

/** Installs the peers. The folder is removed when the process ends. */
export async function loadPeers(target: PeerTarget): Promise<readonly Peer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-peers-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const require = createRequire(join(folder, 'package.json'));
  const peers: Peer[] = [];
  for (const [name, { version, make }] of Object.entries(PEERS)) {
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `${name}@${version}`];
    const { status } = spawnSync('npm', install, { cwd: folder, stdio: 'ignore' });
    try {
      if (status !== 0) throw new Error('npm cannot install it');
      const peer = { name, send: make(require(name), target) };
      await peer.send();
      peers.push(peer);
    } catch (error) {
      console.log(`${name} is left out: ${error instanceof Error ? error.message : 'it does not work'}`);
    }
  }
  return peers;
}

function construct(made: unknown, ...given: readonly unknown[]): object {
  if (typeof made !== 'function') throw new Error('it exports something else');
  const built: unknown = Reflect.construct(made, given);
  return Object(built);
}

function call(on: object, method: string, ...given: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(on, method);
  if (typeof found !== 'function') throw new Error(`it has no ${method}`);
  return Reflect.apply(found, on, given);
}

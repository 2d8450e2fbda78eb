import * as list from '../../providers/list.ts';
import { isObject } from './kit/bodies.ts';
import { type SandboxClock, createClock } from './kit/clock.ts';
import type { Emulator } from './kit/emulator.ts';
import { unknownOption } from './kit/options.ts';
import type { ProviderSandbox } from './kit/provider-sandbox.ts';
import { type RunningServer, type SandboxServer, serve } from './server.ts';

/** The providers' APIs, running on loopback. */
export interface Sandbox extends AsyncDisposable, Emulators {
  /** Ready for `createCancelService`. */
  readonly accounts: SandboxAccounts;
  /** With what the emulators are reached. */
  readonly settings: SandboxSettings;
  /** The one time of all providers; it stands still until it is moved. */
  readonly clock: SandboxClock;
  /** Ends every connection immediately, including those that wait for a response. May be called again. */
  close(): Promise<void>;
}

/** Accounts at the emulators, ready for `createCancelService`. */
export interface SandboxAccounts extends Merged<PartOf<Listed, 'accounts'>> {}

/** With what the emulators are reached. Plain data: addresses on loopback and credentials that open nothing else. */
export interface SandboxSettings extends Merged<PartOf<Listed, 'settings'>> {}

/** How a sandbox is started. */
export interface SandboxOptions {
  /** What the sandbox's clock shows at the start. Default: the real time. */
  readonly now?: Date;
  /**
   * The first of the ports in a row, one for each provider, in the order of docs/testing.md. From 1024; the last one of
   * the row is 65535 at most. Default: free ones.
   */
  readonly port?: number;
}

type Listed = (typeof list)[keyof typeof list];

/** Each provider's controls, by its id. */
type Emulators = {
  readonly [Each in Listed as Each['provider']['id']]: PartOf<Each, 'controls'> & SandboxServer;
};

type PartOf<Each, Part extends 'controls' | 'settings' | 'accounts'> =
  Each extends ProviderSandbox<infer _, infer Controls, infer Settings, infer Accounts>
    ? { readonly controls: Controls; readonly settings: Settings; readonly accounts: Accounts }[Part]
    : never;

/** One object with the fields of all members of a union. */
type Merged<Union> = (Union extends unknown ? (member: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The emulators in the order of their ports. */
const parts: readonly Listed[] = Object.values(list).toSorted((one, other) => one.portOffset - other.portOffset);

/**
 * Starts the emulators, each on a port of 127.0.0.1, with services to try things on.
 * `close()` it, or hold it with `await using`: the servers keep the process alive until then.
 * @throws TypeError or RangeError on an unknown option, an unusable date or port; Error if a port is in use.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now, port } = checkedOptions(options);
  const clock = createClock(now);
  const loaded = await Promise.all(
    parts.map(async ({ provider: { id }, portOffset, load }) => {
      const { create, reach } = await load();
      return { id, port: port === undefined ? 0 : port + portOffset, emulator: create({ clock }), reach };
    }),
  );
  const running = await startAll(loaded, clock);
  const access = running.map(({ reach, server }) => reach(server.origin));
  const close = async (): Promise<void> => {
    await Promise.all(running.map(({ server }) => server.close()));
  };

  return {
    ...byId(running),
    accounts: merged(access.map(({ accounts }) => accounts)),
    settings: merged(access.map(({ settings }) => settings)),
    clock: { now: clock.now, advance: clock.advance, set: clock.set },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Startable {
  readonly id: string;
  readonly port: number;
  readonly emulator: Emulator<object>;
}

/** Starts all, or none: if one cannot start, the others are stopped again. */
async function startAll<Each extends Startable>(
  loaded: readonly Each[],
  clock: SandboxClock,
): Promise<readonly (Each & { readonly server: RunningServer })[]> {
  const running: (Each & { readonly server: RunningServer })[] = [];
  try {
    for (const each of loaded) running.push({ ...each, server: await serve(each.id, each.emulator, clock, each.port) });
  } catch (error) {
    await Promise.all(running.map(({ server }) => server.close()));
    throw error;
  }
  return running;
}

// The compiler does not follow a loop over different types, so an overload says what the loop over the list makes.
function byId(running: readonly (Startable & { readonly server: RunningServer })[]): Emulators;
function byId(running: readonly (Startable & { readonly server: RunningServer })[]): object {
  return Object.fromEntries(
    running.map(({ id, emulator, server }) => [id, { ...emulator.controls, ...server.controls }]),
  );
}

function merged<Member extends object>(members: readonly Member[]): Merged<Member>;
function merged(members: readonly object[]): object {
  return members.reduce((all, member) => ({ ...all, ...member }), {});
}

function checkedOptions(options: unknown): { readonly now: Date; readonly port: number | undefined } {
  if (!isObject(options) || options instanceof Date)
    throw new TypeError('startSandbox: expected an object such as { now: new Date() }.');
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw new TypeError(`startSandbox: ${unknownOption(name, KNOWN)}`);
  }
  const { now = new Date(), port } = options;
  if (!(now instanceof Date)) throw new TypeError('startSandbox: now: expected a Date.');
  if (port === undefined) return { now, port };
  if (typeof port !== 'number') throw new TypeError('startSandbox: port: expected a number.');
  const highest = 65_536 - parts.length;
  if (!Number.isInteger(port) || port < 1024 || port > highest)
    throw new RangeError(`startSandbox: port: expected a whole number from 1024 to ${highest}.`);
  const refused = parts.map(({ portOffset }) => port + portOffset).find((each) => REFUSED_PORTS.includes(each));
  if (refused !== undefined)
    throw new RangeError(`startSandbox: port: fetch does not connect to port ${refused}. Choose another one.`);
  return { now, port };
}

const KNOWN = ['now', 'port'];

/** Those from 1024 on that the Fetch standard calls bad ports. Source: https://fetch.spec.whatwg.org/#port-blocking */
const REFUSED_PORTS: readonly number[] = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
];

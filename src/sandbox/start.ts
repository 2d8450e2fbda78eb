import { type EdisControls, createEdisEmulator } from '../../providers/edis/emulator.ts';
import { type HostingControls, createHostingEmulator } from '../../providers/hosting/emulator.ts';
import { type VpsbgControls, createVpsbgEmulator } from '../../providers/vpsbg/emulator.ts';
import { type WhmcsControls, createWhmcsEmulator } from '../../providers/whmcs/emulator.ts';
import { createAccounts, type SandboxAccounts } from './accounts.ts';
import { isObject } from './kit/bodies.ts';
import { type SandboxClock, createClock } from './kit/clock.ts';
import { type RunningServer, type SandboxServer, serve } from './server.ts';
import { unknownOption } from './kit/options.ts';
import { type SandboxSettings, createSettings } from './settings.ts';

/** The four provider APIs, running on loopback. */
export interface Sandbox extends AsyncDisposable {
  /** Ready for `createCancelService`. */
  readonly accounts: SandboxAccounts;
  /** With what the emulators are reached. */
  readonly settings: SandboxSettings;
  /** The one time of all four; it stands still until it is moved. */
  readonly clock: SandboxClock;
  readonly edis: EdisSandbox;
  readonly vpsbg: VpsbgSandbox;
  readonly hosting: HostingSandbox;
  readonly whmcs: WhmcsSandbox;
  /** Ends every connection at once, also those that wait for an answer. May be called again. */
  close(): Promise<void>;
}

/** The emulated EDIS: what it holds, what it saw, and what shall go wrong. */
export interface EdisSandbox extends EdisControls, SandboxServer {}
/** The emulated VPSBG: what it holds, what it saw, and what shall go wrong. */
export interface VpsbgSandbox extends VpsbgControls, SandboxServer {}
/** The emulated Hosting API: what it holds, what it saw, and what shall go wrong. */
export interface HostingSandbox extends HostingControls, SandboxServer {}
/** The emulated WHMCS: what it holds, what it saw, and what shall go wrong. */
export interface WhmcsSandbox extends WhmcsControls, SandboxServer {}

/** How a sandbox is started. */
export interface SandboxOptions {
  /** What the sandbox's clock shows at the start. Default: the real time. */
  readonly now?: Date;
  /**
   * The first of four ports in a row: EDIS, VPSBG, hosting, WHMCS. From 1024 to 65532. Default: four free ones.
   */
  readonly port?: number;
}

/**
 * Starts the four emulators, each on a port of 127.0.0.1, with services to try things on.
 * `close()` it, or hold it with `await using`: the servers keep the process alive until then.
 * @throws TypeError or RangeError on an unknown option, an unusable date or port; Error if a port is in use.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now, port } = checkedOptions(options);
  const clock = createClock(now);
  const edis = createEdisEmulator({ clock });
  const vpsbg = createVpsbgEmulator({ clock });
  const hosting = createHostingEmulator({ clock });
  const whmcs = createWhmcsEmulator({ clock });

  const servers = await startAll([
    () => serve('edis', edis, clock, portOf(port, 0)),
    () => serve('vpsbg', vpsbg, clock, portOf(port, 1)),
    () => serve('hosting', hosting, clock, portOf(port, 2)),
    () => serve('whmcs', whmcs, clock, portOf(port, 3)),
  ]);
  const [edisServer, vpsbgServer, hostingServer, whmcsServer] = servers;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const settings = createSettings({
    edis: edisServer.origin,
    vpsbg: vpsbgServer.origin,
    hosting: hostingServer.origin,
    whmcs: whmcsServer.origin,
  });

  return {
    accounts: createAccounts(settings),
    settings,
    clock: { now: clock.now, advance: clock.advance, set: clock.set },
    edis: { ...edis.controls, ...edisServer.controls },
    vpsbg: { ...vpsbg.controls, ...vpsbgServer.controls },
    hosting: { ...hosting.controls, ...hostingServer.controls },
    whmcs: { ...whmcs.controls, ...whmcsServer.controls },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Start = () => Promise<RunningServer>;
type Four<Type> = readonly [Type, Type, Type, Type];

/** Starts all, or none: when one cannot start, the others are stopped again. */
async function startAll(starts: Four<Start>): Promise<Four<RunningServer>> {
  const running: RunningServer[] = [];
  try {
    for (const start of starts) running.push(await start());
  } catch (error) {
    await Promise.all(running.map((server) => server.close()));
    throw error;
  }
  const [edis, vpsbg, hosting, whmcs] = running;
  if (!edis || !vpsbg || !hosting || !whmcs) throw new Error('The sandbox could not start every server.');
  return [edis, vpsbg, hosting, whmcs];
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
  if (!Number.isInteger(port) || port < 1024 || port > 65_532)
    throw new RangeError('startSandbox: port: expected a whole number from 1024 to 65532.');
  const refused = [port, port + 1, port + 2, port + 3].find((each) => REFUSED_PORTS.includes(each));
  if (refused !== undefined)
    throw new RangeError(`startSandbox: port: fetch does not connect to port ${refused}. Choose another one.`);
  return { now, port };
}

const KNOWN = ['now', 'port'];

/** Those from 1024 on that the Fetch standard calls bad ports. Source: https://fetch.spec.whatwg.org/#port-blocking */
const REFUSED_PORTS: readonly number[] = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
];

function portOf(first: number | undefined, index: number): number {
  return first === undefined ? 0 : first + index;
}

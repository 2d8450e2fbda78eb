// oxlint-disable-next-line triple-slash-reference -- an import of a declaration would be left in the output
/// <reference path="./undici-modules.d.ts" />
import type { Agent, Dispatcher } from 'undici';
import { environmentProxyFor, isProxyLeftToUs } from './environment-proxy.ts';

/** What carries a request, and with it what may be believed of a failure. */
export type Transport =
  /** Our own agents: they say exactly whether a request was started. */
  | { readonly kind: 'own'; readonly dispatcher: Dispatcher; readonly isProxied: boolean }
  /** A dispatcher that another part of the program has installed: believed once it has proved itself. */
  | { readonly kind: 'foreign'; readonly dispatcher: Dispatcher }
  /** A `fetch`: only an error that is known to come from a failed connection proves anything. */
  | { readonly kind: 'fetch'; readonly fetch: typeof globalThis.fetch };

/** What the caller has chosen. Without a choice, what carries a request is looked up at each request. */
export interface TransportChoice {
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** URL of an HTTP proxy. */
  readonly proxy?: string | undefined;
}

/**
 * Returns what carries a request, as a promise only while our own agents are being loaded: the caller's `fetch`, else a
 * patched global `fetch`, else the caller's proxy, else a dispatcher that another part of the program has installed,
 * else the proxy that Node.js is set to use (also a Node.js that does not know how to), else our own agent.
 *
 * @param isFresh whether the request needs a connection of its own, which the server cannot just have closed as idle.
 */
export function chooseTransport(
  { fetch, proxy }: TransportChoice,
  url: string,
  isFresh: boolean,
): Transport | Promise<Transport> {
  if (fetch !== undefined) return { kind: 'fetch', fetch };
  if (!isNode() || !isNodesOwn(globalThis.fetch)) return { kind: 'fetch', fetch: globalThis.fetch };
  const installed = proxy === undefined ? installedDispatcher() : undefined;
  if (typeof installed === 'object') return { kind: 'foreign', dispatcher: installed };
  const through = proxy ?? (installed === 'environment proxy' ? environmentProxyFor(new URL(url)) : undefined);
  const own = (dispatcher: Dispatcher): Transport => ({ kind: 'own', dispatcher, isProxied: through !== undefined });
  const agents = isFresh ? freshAgents : keptAgents;
  const agent = agents.get(through);
  return agent === undefined ? makeAgent(through, isFresh, agents).then(own) : own(agent);
}

// Our agents by the proxy that they tunnel through; `undefined` for direct connections. A program knows a handful of
// proxies at most, and an agent without connections holds nothing.
const keptAgents = new Map<string | undefined, Dispatcher>();
const freshAgents = new Map<string | undefined, Dispatcher>();

/** Makes the agent of a proxy, or of direct connections, and loads undici, which takes longer than all of cancelkit. */
async function makeAgent(
  proxy: string | undefined,
  isFresh: boolean,
  agents: Map<string | undefined, Dispatcher>,
): Promise<Dispatcher> {
  const options: Agent.Options = {
    // undici limits the time of a connection attempt (10 s); all other limits are those of each request.
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    // To one origin. Without a bound, undici opens another connection whenever none is free.
    connections: 64,
    // With 0, undici opens a connection for each request.
    pipelining: isFresh ? 0 : 1,
  };
  let make: () => Dispatcher;
  if (proxy === undefined) {
    // Not the whole of undici: this takes half the time to load, and installs no dispatcher for the whole program. The
    // version is pinned, so the path is the one that was tested.
    const { default: DirectAgent } = await import('undici/lib/dispatcher/agent.js');
    make = () => new DirectAgent(options);
  } else {
    // All of undici, which installs its own agent for the whole program if none is installed. Node's own comes first:
    // it is loaded when one of its classes is first looked at.
    Reflect.get(globalThis, 'Response');
    const { ProxyAgent } = await import('undici');
    make = () => new ProxyAgent({ ...options, uri: proxy, proxyTunnel: true });
  }
  // Another call may have been quicker.
  const agent = agents.get(proxy) ?? make();
  agents.set(proxy, agent);
  return agent;
}

/** Whether a request to this URL would pass a proxy, as far as that can be known before it is sent. */
export function passesProxy({ fetch, proxy }: TransportChoice, url: URL): boolean {
  if (fetch !== undefined) return false;
  if (proxy !== undefined) return true;
  const installed = installedDispatcher();
  if (installed === undefined) return false;
  if (installed === 'environment proxy') return environmentProxyFor(url) !== undefined;
  const classes = classesOf(installed);
  if (classes.some((name) => /^(?:Socks5?)?ProxyAgent$/i.test(name))) return true;
  // One with options of its own: they may name other proxies and other exceptions than the environment.
  return (
    classes.includes('EnvHttpProxyAgent') && (environmentProxyFor(url) !== undefined || hasProxyOfItsOwn(installed))
  );
}

/** The names of an object's class and of the classes that it extends. */
function classesOf(object: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (typeof prototype !== 'object' || prototype === null) return [];
  const own: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return [...(typeof own === 'function' ? [own.name] : []), ...classesOf(prototype)];
}

function hasProxyOfItsOwn(agent: Dispatcher): boolean {
  const proxied = ownValue(agent, 'http proxy agent');
  return proxied !== undefined && proxied !== ownValue(agent, 'no proxy agent');
}

/** Whether this is Node.js itself: Bun, Deno and Workers claim to be, but bring another HTTP stack. */
function isNode(): boolean {
  const versions: Readonly<Record<string, string | undefined>> | undefined = globalThis.process?.versions;
  return versions?.['node'] !== undefined && versions['bun'] === undefined && !('Deno' in globalThis) && !isWorkers();
}

function isWorkers(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers';
}

/**
 * Whether a `fetch` is the one that Node.js brings along. It is recognized by its source text, because it may have been
 * patched before cancelkit was loaded. A `fetch` that is not recognized is called unchanged, with less belief in its
 * errors.
 */
function isNodesOwn(fetch: typeof globalThis.fetch): boolean {
  let known = nodesOwn.get(fetch);
  if (known === undefined) {
    // Node.js up to 20.11 has it load undici by a function.
    known = /internal\/deps\/undici\/undici|lazyUndici\(\)\.fetch/.test(Function.prototype.toString.call(fetch));
    nodesOwn.set(fetch, known);
  }
  return known;
}

const nodesOwn = new WeakMap<object, boolean>();

// Where undici keeps the dispatcher of the whole program: versions 6 and 7 in the first, 8 in the second.
const PLACES = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')] as const;

/**
 * The dispatcher that another part of the program has installed; `undefined` if it is the default one. The one that
 * Node.js installs for the proxy of the environment is `'environment proxy'`, also where Node.js should but cannot.
 */
function installedDispatcher(): Dispatcher | 'environment proxy' | undefined {
  for (const place of PLACES) {
    const found: unknown = Reflect.get(globalThis, place);
    if (found === lastDefault || !isDispatcher(found)) continue;
    const { name } = found.constructor;
    // undici 8 puts this around its own, for older versions.
    if (name === 'Dispatcher1Wrapper') continue;
    if (isDefaultAgent(found)) {
      lastDefault = found;
      continue;
    }
    const direct = name === 'EnvHttpProxyAgent' ? ownValue(found, 'no proxy agent') : undefined;
    return isDispatcher(direct) && isDefaultAgent(direct) ? 'environment proxy' : found;
  }
  return isNode() && isProxyLeftToUs() ? 'environment proxy' : undefined;
}

let lastDefault: unknown;

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
}

/** Whether an agent is one that was made without any options, as Node.js makes its own. */
function isDefaultAgent(agent: Dispatcher): boolean {
  // An agent that interceptors were composed onto has another `dispatch` than its class.
  if (agent.constructor.name !== 'Agent' || agent.dispatch !== dispatchOfClass(agent)) return false;
  const options = ownValue(agent, 'options');
  const factory = ownValue(agent, 'factory');
  if (typeof options !== 'object' || options === null || typeof factory !== 'function') return false;
  const isEmpty = Object.values(options).every((value) => value === undefined || value === Infinity);
  return isEmpty && factory.name === 'defaultFactory';
}

function dispatchOfClass(agent: Dispatcher): unknown {
  const prototype: unknown = Object.getPrototypeOf(agent);
  return isDispatcher(prototype) ? prototype.dispatch : undefined;
}

/** The value under a symbol that is known by its description alone. */
function ownValue(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((symbol) => symbol.description === description);
  return key === undefined ? undefined : Reflect.get(object, key);
}

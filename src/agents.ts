// oxlint-disable-next-line triple-slash-reference -- an import of a declaration would be left in the output
/// <reference path="./undici-modules.d.ts" />
import type { Dispatcher } from 'undici';
// Not the whole of undici: these take half the time to load, and install no dispatcher for the whole program. The version
// is pinned, so the paths are those that were tested.
import Agent from 'undici/lib/dispatcher/agent.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

/** The agents for one way to the providers: directly, or through one proxy. */
interface Agents {
  /** Keeps connections for the next request. */
  readonly kept: Dispatcher;
  /** Opens a connection for each request. */
  readonly fresh: Dispatcher;
}

/**
 * Returns the agent that sends through a proxy, or directly, with kept or with fresh connections.
 *
 * HTTP/1.1 alone. undici limits the time of a connection attempt (10 s); all other limits are those of each request.
 *
 * @param proxy URL of an HTTP proxy.
 */
export function agentFor(proxy: string | undefined, isFresh: boolean): Dispatcher {
  let agents = known.get(proxy);
  if (agents === undefined) {
    agents = { kept: makeAgent(proxy, KEPT), fresh: makeAgent(proxy, FRESH) };
    known.set(proxy, agents);
  }
  return isFresh ? agents.fresh : agents.kept;
}

// A program knows a handful of proxies at most, and an agent without connections holds nothing.
const known = new Map<string | undefined, Agents>();

const COMMON = {
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  // To one origin. Without a bound, undici opens another connection whenever none is free.
  connections: 64,
} as const;
const KEPT = { ...COMMON, pipelining: 1 } as const;
// undici: with 0, every request has a connection of its own.
const FRESH = { ...COMMON, pipelining: 0 } as const;

function makeAgent(proxy: string | undefined, options: typeof KEPT | typeof FRESH): Dispatcher {
  return proxy === undefined ? new Agent(options) : new ProxyAgent({ ...options, uri: proxy, proxyTunnel: true });
}

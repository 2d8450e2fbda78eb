import { Agent, ProxyAgent, type Dispatcher } from 'undici';

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

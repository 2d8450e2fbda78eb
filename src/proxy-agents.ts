import { ProxyAgent, type Dispatcher } from 'undici';
import { agentOptions } from './agents.ts';

/**
 * Returns our agent for connections that are tunnelled through a proxy, kept ones or a new one for each request.
 *
 * @param proxy URL of an HTTP proxy.
 */
export function proxyAgent(proxy: string, isFresh: boolean): Dispatcher {
  const known = isFresh ? fresh : kept;
  let agent = known.get(proxy);
  if (agent === undefined) {
    agent = new ProxyAgent({ ...agentOptions(isFresh), uri: proxy, proxyTunnel: true });
    known.set(proxy, agent);
  }
  return agent;
}

// A program knows a handful of proxies at most, and an agent without connections holds nothing.
const kept = new Map<string, Dispatcher>();
const fresh = new Map<string, Dispatcher>();

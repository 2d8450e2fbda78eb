// oxlint-disable-next-line triple-slash-reference -- an import of a declaration would be left in the output
/// <reference path="./undici-modules.d.ts" />
import type { Dispatcher } from 'undici';
// Not the whole of undici: this takes half the time to load, and installs no dispatcher for the whole program. The version
// is pinned, so the path is the one that was tested.
import Agent from 'undici/lib/dispatcher/agent.js';

/**
 * Returns our agent for direct connections, kept ones or a new one for each request.
 *
 * HTTP/1.1 alone. undici limits the time of a connection attempt (10 s); all other limits are those of each request.
 */
export function directAgent(isFresh: boolean): Dispatcher {
  return isFresh ? (fresh ??= new Agent(agentOptions(true))) : (kept ??= new Agent(agentOptions(false)));
}

let kept: Dispatcher | undefined;
let fresh: Dispatcher | undefined;

/** The options of our agents, with connections that are kept or with a new one for each request. */
export function agentOptions(isFresh: boolean): Agent.Options {
  return {
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    // To one origin. Without a bound, undici opens another connection whenever none is free.
    connections: 64,
    // With 0, undici opens a connection for each request.
    pipelining: isFresh ? 0 : 1,
  };
}

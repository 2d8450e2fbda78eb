import { isUnprocessed } from './judge-response.ts';

/**
 * Says why no connection was made, in words for an operator, judged by error code and syscall. `undefined` is "it may
 * have been sent": the default for everything that is not known to come before the request.
 *
 * A code counts only with the syscall that makes it a failure to connect: `ECONNRESET` from `read` comes after a send.
 */
export function describeFailure(error: unknown): string | undefined {
  try {
    return proofIn(error, 0);
  } catch {
    // A custom fetch can fail with anything; what cannot be read proves nothing.
    return undefined;
  }
}

const CONNECT_FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset while it was being made',
  ETIMEDOUT: 'the connection could not be made in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

const LOOKUP_FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name does not exist, or this machine cannot look it up',
  EAI_AGAIN: 'the host name could not be looked up',
};

const OTHER_FAILURES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
  CERT_HAS_EXPIRED: 'the TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the TLS certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the TLS certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the TLS certificate cannot be verified',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the TLS certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the TLS certificate is for another host',
};

// What fetch says of the ports that it refuses, before anything else: the Fetch standard lists them. It has no code.
const BAD_PORT = 'bad port';

// Deno: the HTTP client below its fetch names the stage. It has no code.
const DENO_CONNECT = /^error sending request for url .*: client error \(Connect\)/;

// Bun: a code without a syscall, by version.
const BUN_REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ConnectionRefused']);

function isBun(error: object): boolean {
  return error instanceof Error && error.message.includes('Unable to connect. Is the computer able to access the url?');
}

// What undici says when a proxy does not open a tunnel. It has no code of its own.
const TUNNEL_REFUSED = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/;

// What Deno says of a 407 (ext/fetch/proxy.rs). Every other refusal is "unsuccessful tunnel", without a status.
const DENO_TUNNEL_407 = /: client error \(Connect\): proxy authentication required$/;

// Wrappers are few; a longer chain of causes is a circle.
const MAX_DEPTH = 8;

function proofIn(error: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const nested = nestedErrors(error);
  if (nested.length > 0) {
    // Several addresses were tried: each must have failed before the send.
    const verdicts = nested.map((one) => proofIn(one, depth + 1));
    return verdicts.every((verdict) => verdict !== undefined) ? verdicts[0] : undefined;
  }
  if (typeof error !== 'object' || error === null) return undefined;
  const why = connectFailure(error);
  if (why !== undefined) return why;
  // An error with a syscall of its own speaks for itself, whatever led to it.
  if (syscallOf(error) !== undefined) return undefined;
  return 'cause' in error ? proofIn(error.cause, depth + 1) : undefined;
}

function connectFailure(error: object): string | undefined {
  if (error instanceof Error && error.message === BAD_PORT) return 'its port is one that fetch does not use';
  const refusal = tunnelStatusOf(error);
  if (refusal !== undefined) return `the proxy refused to connect to the provider (HTTP ${refusal})`;
  if (error instanceof Error && DENO_CONNECT.test(error.message)) return 'the connection could not be made';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const syscall = syscallOf(error);
  if (Object.hasOwn(OTHER_FAILURES, code)) return OTHER_FAILURES[code];
  if (syscall === undefined && BUN_REFUSED.has(code) && isBun(error)) return CONNECT_FAILURES['ECONNREFUSED'];
  if (syscall === 'connect' && Object.hasOwn(CONNECT_FAILURES, code)) return CONNECT_FAILURES[code];
  const isLookup = syscall === 'getaddrinfo' || syscall === 'queryA' || syscall === 'queryAaaa';
  if (isLookup && Object.hasOwn(LOOKUP_FAILURES, code)) return LOOKUP_FAILURES[code];
  return undefined;
}

/** The status with which a proxy refused to open a tunnel, if that is what an error says. */
function tunnelStatusOf(error: object): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if (DENO_CONNECT.test(error.message) && DENO_TUNNEL_407.test(error.message)) return 407;
  const [, status] = TUNNEL_REFUSED.exec(error.message) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** node-fetch names the syscall otherwise: version 3 in a field of its own, version 2 only within its message. */
function syscallOf(error: object): unknown {
  if ('syscall' in error) return error.syscall;
  if ('erroredSysCall' in error) return error.erroredSysCall;
  const isNodeFetch = 'type' in error && error.type === 'system' && error instanceof Error;
  return isNodeFetch ? /, reason: (connect|getaddrinfo) /.exec(error.message)?.[1] : undefined;
}

function nestedErrors(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors : [];
}

/**
 * What a person has to look at, because the same connection will fail the next time, too. `tunnel`: a proxy has refused
 * to open one. Such a request is not repeated, since a few bad logins lock the proxy's user out.
 */
export type ConnectCheck = 'host' | 'port' | 'name' | 'authority' | 'clock' | 'proxy' | 'tunnel';

/**
 * Returns what to look at after a connection failed, by the code of the error; `undefined` if the failure may pass. It
 * proves nothing: whether the request was sent is judged elsewhere.
 *
 * @param isProxied whether a proxy was to be connected to, instead of the provider.
 */
export function checkAfter(error: unknown, isProxied: boolean): ConnectCheck | undefined {
  try {
    const check = checkIn(error, 0);
    return isProxied && check === 'host' ? 'proxy' : check;
  } catch {
    // A custom fetch can fail with anything.
    return undefined;
  }
}

/** The sentence for a check. `address` names what holds the base URL. */
export function adviceOn(check: ConnectCheck, address: string): string {
  return ADVICE[check].replace('{address}', () => address);
}

const ADVICE: Readonly<Record<ConnectCheck, string>> = {
  host: 'Check the host name in {address}.',
  port: 'Check the port in {address}: what answers there does not speak TLS.',
  name: 'Check the host name in {address}; the certificate does not list it.',
  authority:
    'Check the certificate. If its authority is your own, set NODE_EXTRA_CA_CERTS to the file of that authority.',
  clock: 'Check the clock of this machine; if it is right, the certificate has to be renewed.',
  proxy: 'Check the address of the proxy, its credentials, and which hosts it allows.',
  tunnel: 'Check the credentials of the proxy, and which hosts it allows.',
};

const CHECKS: Readonly<Record<string, ConnectCheck>> = {
  ENOTFOUND: 'host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'port',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'authority',
  CERT_HAS_EXPIRED: 'clock',
  CERT_NOT_YET_VALID: 'clock',
};

function checkIn(error: unknown, depth: number): ConnectCheck | undefined {
  if (depth > MAX_DEPTH || typeof error !== 'object' || error === null) return undefined;
  if (error instanceof AggregateError) return checkIn(error.errors[0], depth + 1);
  const status = tunnelStatusOf(error);
  if (status !== undefined) return status >= 400 && status < 500 && !isUnprocessed(status) ? 'tunnel' : 'proxy';
  if ('code' in error && typeof error.code === 'string' && Object.hasOwn(CHECKS, error.code)) return CHECKS[error.code];
  return 'cause' in error ? checkIn(error.cause, depth + 1) : undefined;
}

import { isUnprocessed } from './judge-response.ts';
import { tunnelStatusOf } from './transport-failure.ts';

/**
 * What a person has to look at, because the same connection will fail the next time, too. `tunnel`: a proxy has refused to
 * open one. Such a request is not repeated, since a few bad logins lock the proxy's user out.
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

// Wrappers are few; a longer chain of causes is a circle.
const MAX_DEPTH = 8;

function checkIn(error: unknown, depth: number): ConnectCheck | undefined {
  if (depth > MAX_DEPTH || typeof error !== 'object' || error === null) return undefined;
  if (error instanceof AggregateError) return checkIn(error.errors[0], depth + 1);
  const status = tunnelStatusOf(error);
  if (status !== undefined) return status >= 400 && status < 500 && !isUnprocessed(status) ? 'tunnel' : 'proxy';
  if ('code' in error && typeof error.code === 'string' && Object.hasOwn(CHECKS, error.code)) return CHECKS[error.code];
  return 'cause' in error ? checkIn(error.cause, depth + 1) : undefined;
}

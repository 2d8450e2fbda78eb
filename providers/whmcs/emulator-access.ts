import { createHash } from 'node:crypto';
import type { SandboxClock } from '../../src/sandbox/clock.ts';

/** An API login of the emulated WHMCS and what it may do. */
export interface WhmcsLogin {
  readonly identifier: string;
  readonly secret: string;
  /** The API actions that its role allows, in lower case; `all` for every one. */
  readonly actions: 'all' | readonly string[];
  readonly disabled: boolean;
  /** Whether the administrator's own role has access to the API at all. */
  readonly apiAccess: boolean;
}

/** An administrator who logs in by name; the API takes the md5 of the password. */
export interface WhmcsAdministrator {
  readonly username: string;
  readonly password: string;
}

/** Where calls may come from. */
export interface WhmcsAddresses {
  /** The address that the emulator takes a call to come from. */
  readonly callerIp: string;
  /** The addresses that may call. */
  readonly allowedIps: readonly string[];
  /** The access key that opens the API for other addresses as well; `null` for none. */
  readonly accessKey: string | null;
}

/** Decides whether a call is let in. */
export interface WhmcsAccess {
  /** The message of the refusal; `undefined` when the call may proceed. */
  refusal(form: URLSearchParams, addresses: WhmcsAddresses): string | undefined;
  /** The message of the refusal of one action; `undefined` when the login allows it. */
  actionRefusal(form: URLSearchParams, action: string): string | undefined;
  /** Ends every ban. */
  liftBans(): void;
}

const maximumFailures = 3;
const banMs = 15 * 60_000;

/** Checks logins, counts the bad ones per address, and bans an address for 15 minutes after the third. */
export function createWhmcsAccess(
  logins: readonly WhmcsLogin[],
  administrator: WhmcsAdministrator,
  clock: SandboxClock,
): WhmcsAccess {
  const failures = new Map<string, number>();
  const bannedUntil = new Map<string, Date>();
  const passwordHash = createHash('md5').update(administrator.password).digest('hex');

  const matching = (identifier: string | null, secret: string | null): WhmcsLogin | undefined =>
    logins.find((login) => login.identifier === identifier && login.secret === secret);
  // API credentials may also come in the fields of an administrator's login.
  const loginOf = (form: URLSearchParams): WhmcsLogin | undefined =>
    filled(form, 'identifier') && filled(form, 'secret')
      ? matching(form.get('identifier'), form.get('secret'))
      : matching(form.get('username'), form.get('password'));

  function recordFailure(address: string): void {
    const count = (failures.get(address) ?? 0) + 1;
    failures.set(address, count);
    if (count < maximumFailures) return;
    bannedUntil.set(address, new Date(clock.now().getTime() + banMs));
    failures.delete(address);
  }

  return {
    refusal(form, { callerIp, allowedIps, accessKey }) {
      if ((bannedUntil.get(callerIp) ?? clock.now()) > clock.now()) return 'IP Banned';

      const byKey = filled(form, 'identifier') && filled(form, 'secret');
      const byName = filled(form, 'username') && filled(form, 'password');
      if (!byKey && !byName) return 'Invalid or missing credentials';
      const login = loginOf(form);
      const isAdministrator =
        !byKey && form.get('username') === administrator.username && form.get('password') === passwordHash;
      if (login === undefined && !isAdministrator) {
        recordFailure(callerIp);
        return 'Authentication Failed';
      }
      failures.delete(callerIp);

      if (login?.disabled === true) return 'Administrator Account Disabled';
      const hasAccessKey = accessKey !== null && form.get('accesskey') === accessKey;
      if (!hasAccessKey && !allowedIps.includes(callerIp)) return `Invalid IP ${callerIp}`;
      return login?.apiAccess === false ? 'Access Denied' : undefined;
    },
    actionRefusal(form, action) {
      const actions = loginOf(form)?.actions ?? 'all';
      if (actions === 'all' || actions.includes(action)) return undefined;
      return `Invalid Permissions: API action "${action}" is not allowed`;
    },
    liftBans() {
      failures.clear();
      bannedUntil.clear();
    },
  };
}

function filled(form: URLSearchParams, field: string): boolean {
  return (form.get(field) ?? '') !== '';
}

import type { Call } from '../call/call.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { Access } from '../contract/provider.ts';
import { REDACTED } from '../privacy/redactor.ts';
import { adapterFault } from '../sending/adapter-fault.ts';
import { type HttpRequest, withHeaders } from '../sending/http-request.ts';
import type { CallAccess, SendContext } from '../sending/send-context.ts';
import { isTime } from './response-secrets.ts';
import type { Grant, Login, TokenKeeper } from './token-keeper.ts';

/** Where the values go that are made of secrets for one attempt, such as a signature. */
interface SecretSink {
  readonly all: readonly string[];
  readonly addDerived: (secrets: readonly string[]) => void;
  /** Secrets that the call holds to its end. */
  readonly addGiven: (secrets: readonly string[]) => void;
}

/** The access of one call with its configuration. */
export function accessOf<Config>(
  access: Access<Config>,
  config: Config,
  keeper: TokenKeeper,
  secrets: SecretSink,
): CallAccess {
  const login = loginOf(access, config);
  let used: Grant | undefined;
  let aheadMs = 0;
  const signed = (request: HttpRequest, token: string, nonce: string, call: Call): HttpRequest => {
    const now = Date.now() + keeper.clockOffsetMs;
    aheadMs = now - performance.now();
    const made = headersOf(access, request, config, { now, nonce, token });
    const whole = made === undefined ? undefined : withHeaders(request, made);
    if (made === undefined || whole === undefined) throw call.error(adapterFault(NO_HEADERS));
    secrets.addDerived(derivedFrom(made, nonce, config, secrets.all));
    return whole;
  };
  return {
    authenticate: async (request, nonce, call, context) => {
      if (login === undefined) return signed(request, '', nonce, call);
      // A token without a known end is this call's own.
      if (used === undefined || used.endsAt !== undefined) {
        const grant = await keeper.grantFor(login, call, context);
        // The keeper forgets old tokens, and this call may last.
        if (grant.token !== used?.token) secrets.addGiven([grant.token]);
        used = grant;
      }
      return signed(request, used.token, nonce, call);
    },
    preview: (request, call) => {
      const made = headersOf(access, request, config, { now: Date.now(), nonce: crypto.randomUUID(), token: REDACTED });
      const shown = Object.entries(made ?? {}).map(([name, value]) => [name, schemeOf(value)] as const);
      const whole = made === undefined ? undefined : withHeaders(request, Object.fromEntries(shown));
      if (whole === undefined) throw call.error(adapterFault(NO_HEADERS));
      return whole;
    },
    refused: async (isRenewed, call, context) => {
      const refused = used;
      if (login === undefined || refused === undefined || !keeper.refused(refused, isRenewed)) return false;
      used = undefined;
      if (refused.token !== '') return true;
      // A new login can only correct the clock. Signed by the same clock, the request would be refused again.
      used = await clockOf(keeper, login, call, context);
      if (used === undefined) return false;
      const isOff = Math.abs(Date.now() + keeper.clockOffsetMs - performance.now() - aheadMs) > CLOCK_IS_OFF_MS;
      return isOff || keeper.refused(used, true);
    },
  };
}

/** How a token is obtained with this configuration; `undefined` if it needs none. */
export function loginOf<Config>({ obtain }: Access<Config>, config: Config): Login | undefined {
  if (obtain === undefined) return undefined;
  const login: Login = (moment) => obtain(config, moment);
  try {
    // An exchange sends nothing before it is asked for its first request.
    return login({ now: 0, nonce: '' }) === undefined ? undefined : login;
  } catch {
    return login;
  }
}

// A larger difference than response times explain, so it is another clock.
const CLOCK_IS_OFF_MS = 5_000;

/** Asks for the clock after a refusal. If that fails, the refusal is final. */
async function clockOf(
  keeper: TokenKeeper,
  login: Login,
  call: Call,
  context: SendContext,
): Promise<Grant | undefined> {
  try {
    return await keeper.grantFor(login, call, context);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return undefined;
  }
}

const NO_HEADERS = 'its access makes no headers that HTTP can carry';

/** What the adapter makes, as far as it is an object of texts; what it throws may hold anything. */
function headersOf<Config>(
  { headers }: Access<Config>,
  { method, url, body }: HttpRequest,
  config: Config,
  moment: Parameters<Access<Config>['headers']>[2],
): Readonly<Record<string, string>> | undefined {
  try {
    const made: unknown = headers({ method, url, body: body ?? '' }, config, moment);
    return isTexts(made) ? made : undefined;
  } catch {
    return undefined;
  }
}

/** A promise, a `Headers` or a `Map` has no entries, and would leave the request without its headers. */
function isTexts(made: unknown): made is Readonly<Record<string, string>> {
  const isRecord = Object.prototype.toString.call(made) === '[object Object]';
  if (typeof made !== 'object' || made === null || !isRecord || 'then' in made) return false;
  return Object.values(made).every((value) => typeof value === 'string');
}

/** What is shown of a header of access: any other part may be made of a secret. */
function schemeOf(value: string): string {
  const [scheme = ''] = /^(?:Basic|Bearer|Digest|HMAC|OAuth|Signature|Token) /i.exec(value) ?? [];
  return `${scheme}${REDACTED}`;
}

/** The parts of the headers that are made of a secret without holding one, such as a signature. */
function derivedFrom(
  headers: Readonly<Record<string, string>>,
  nonce: string,
  config: unknown,
  known: readonly string[],
): readonly string[] {
  const plain = new Set<unknown>(typeof config === 'object' && config !== null ? Object.values(config) : []);
  const parts = Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,;:"]+|(?<=[A-Za-z])=/)]);
  return parts.filter(
    (part) =>
      part.length >= SHORTEST_SIGNATURE &&
      part !== nonce &&
      !/^\d+$/.test(part) &&
      !isTime(part) &&
      !plain.has(part) &&
      !known.some((secret) => secret !== '' && part.includes(secret)),
  );
}

// In characters: 64 bits in hex, and more than a timestamp in milliseconds has.
const SHORTEST_SIGNATURE = 16;

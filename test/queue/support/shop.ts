import { createCancelService, type Account, type CancellationStatus, type CancelService, type When } from 'cancelkit';
import {
  defineProvider,
  type CancelVerdict,
  type Exchange,
  type ProviderRequest,
  type ProviderResponse,
  type StatusVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';
import { json, networkError, recordingFetch } from '../../support/fetch.ts';

/** What one request is answered with; what it throws is what the network does. */
export type Reply = () => Response | Promise<Response>;

/** The responses for one service, in order; the last one is repeated. */
export interface Script {
  readonly writes?: readonly Reply[];
  readonly reads?: readonly Reply[];
}

/** A service's reference at the made-up provider. */
export interface ShopService {
  readonly id: string | number;
}

type ShopAccount<Operation extends 'cancel' | 'status'> = Account<'shop', ShopService, When, Operation>;

/** The accounts that the queue is tested with. */
export interface Own {
  readonly alpha: ShopAccount<'cancel' | 'status'>;
  readonly beta: ShopAccount<'cancel' | 'status'>;
  /** Cannot read a cancellation back. */
  readonly blind: ShopAccount<'cancel'>;
}

/** A provider whose responses are scripted, behind three accounts. */
export interface Shop {
  readonly services: CancelService<Own>;
  /** How many cancellations of a service, or of all of them, it was sent. */
  readonly writes: (id?: string) => number;
  readonly reads: (id: string) => number;
  /** The hosts that were asked for anything, in order. */
  readonly hosts: () => readonly string[];
  /** The ids of the services in the order in which their cancellations came. */
  readonly order: () => readonly string[];
  /** How many requests of an account, or of all of them, were in flight concurrently, at most. */
  readonly most: (account?: keyof Own) => number;
}

/** The token of the accounts, where nothing else is said. */
export const TOKEN = 'token-of-the-shop-9';

const TAKEN: Script = { writes: [() => accepted()], reads: [() => seen('none')] };

interface ShopConfig {
  readonly baseUrl: string;
  readonly token: string;
}

/**
 * Opens a shop; what has no script is accepted, and not found when it is read back.
 *
 * @param baseUrlOf where each account leads, asked at each call. Left out: always to the same place.
 */
export function openShop(
  scripts: Readonly<Record<string, Script>> = {},
  token: string = TOKEN,
  baseUrlOf?: (account: string) => string | Promise<string>,
): Shop {
  const asked: { readonly effect: 'writes' | 'reads'; readonly id: string; readonly host: string }[] = [];
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  const count = (effect: 'writes' | 'reads', id?: string): number =>
    asked.filter((one) => one.effect === effect && (id === undefined || one.id === id)).length;
  const { fetch } = recordingFetch(async ({ method, url }) => {
    const { hostname, pathname } = new URL(url);
    const [account = ''] = hostname.split('.');
    const id = decodeURIComponent(pathname.split('/').at(-1) ?? '');
    const effect = method === 'GET' ? 'reads' : 'writes';
    const replies = scripts[id]?.[effect] ?? TAKEN[effect] ?? [];
    const reply = replies[count(effect, id)] ?? replies.at(-1);
    asked.push({ effect, id, host: hostname });
    for (const lane of [account, 'all']) {
      const now = (running.get(lane) ?? 0) + 1;
      running.set(lane, now);
      most.set(lane, Math.max(most.get(lane) ?? 0, now));
    }
    try {
      return (await reply?.()) ?? accepted();
    } finally {
      for (const lane of [account, 'all']) running.set(lane, (running.get(lane) ?? 0) - 1);
    }
  });
  const configOf = (name: string): ShopConfig | (() => Promise<ShopConfig>) =>
    baseUrlOf === undefined
      ? { baseUrl: `https://${name}.example.com`, token }
      : async () => ({ baseUrl: await baseUrlOf(name), token });
  const accounts: Own = {
    alpha: readable.account(configOf('alpha')),
    beta: readable.account(configOf('beta')),
    blind: blind.account(configOf('blind')),
  };
  return {
    services: createCancelService(accounts, { fetch }),
    writes: (id) => count('writes', id),
    reads: (id) => count('reads', id),
    hosts: () => asked.map(({ host }) => host),
    order: () => asked.filter(({ effect }) => effect === 'writes').map(({ id }) => id),
    most: (account) => most.get(account ?? 'all') ?? 0,
  };
}

/** A cancellation of a service. */
export function request<Name extends keyof Own>(
  account: Name,
  id: string,
): { readonly account: Name; readonly service: { readonly id: string }; readonly when: 'immediate' } {
  return { account, service: { id }, when: 'immediate' };
}

/** The provider's own words: whatever verdict it is to be. */
export function says(verdict: CancelVerdict, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return json(verdict, status, headers);
}

/** A yes. */
export function accepted(): Response {
  return says({ verdict: 'accepted', outcome: 'requested' });
}

/** A definite no. */
export function refuses(code: 'unauthorized' | 'not_found' | 'rejected' | 'forbidden' | 'not_cancellable'): Response {
  return says({ verdict: 'refused', code, message: 'it was refused.' }, 422);
}

/** The response to a read-back. */
export function seen(state: CancellationStatus['state'], more: Partial<CancellationStatus> = {}): Response {
  return json({ state, revocable: false, ...more });
}

/** Refused unprocessed, with the seconds after which it may be tried again. */
export function busy(status: 425 | 429, seconds: number): Response {
  return json({}, status, { 'retry-after': String(seconds) });
}

/** The connection breaks off, and nobody knows what the provider did. */
export function lost(): never {
  throw networkError('ECONNRESET', 'read');
}

/** Nobody listens. */
export function away(): never {
  throw networkError('ECONNREFUSED', 'connect');
}

/** Waits for somebody to let it go on. */
export interface Gate {
  /** Holds whoever passes until it is opened. */
  readonly pass: (reply?: Reply) => Promise<Response>;
  readonly open: () => void;
  /** Settles once so many are held. */
  readonly held: (count: number) => Promise<void>;
}

export function closedGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting: { readonly count: number; readonly wake: () => void }[] = [];
  let held = 0;
  return {
    pass: async (reply = accepted) => {
      held += 1;
      for (const { count, wake } of waiting) if (held >= count) wake();
      await promise;
      return await reply();
    },
    open: resolve,
    held: (count) => {
      const enough = Promise.withResolvers<void>();
      if (held >= count) enough.resolve();
      else waiting.push({ count, wake: enough.resolve });
      return enough.promise;
    },
  };
}

const common = {
  timings: ['immediate', 'end_of_period'],
  reason: { field: 'optional' },
  revoke: false,
  immediateDestroysData: 'unknown',
  recognizesRepeat: 'documented',
} as const;
const config = v.strictObject({ baseUrl: v.string(), token: v.string() });
const service = v.strictObject({ id: v.union([v.pipe(v.number(), v.safeInteger(), v.transform(String)), v.string()]) });
const shared = {
  specVersion: 1,
  id: 'shop',
  config,
  service,
  env: {},
  baseUrl: ({ baseUrl }: { readonly baseUrl: string }) => baseUrl,
  secrets: ({ token }: { readonly token: string }) => [token],
} as const;

const readable = defineProvider({
  ...shared,
  capabilities: { ...common, readBack: true },
  *cancel({ service: { id } }): Exchange<CancelVerdict> {
    return verdictOf(yield toWrite(id));
  },
  *status({ id }): Exchange<StatusVerdict> {
    const { body } = yield { effect: 'read', method: 'GET', path: ['services', id] };
    const answer = body.kind === 'json' ? body.value : undefined;
    const refusal = v.safeParse(refusalSchema, answer);
    if (refusal.success) return refusal.output;
    const status = v.safeParse(statusSchema, answer);
    if (!status.success) return { verdict: 'unrecognized' };
    return { verdict: 'found', status: { ...status.output, raw: status.output } };
  },
});

const blind = defineProvider({
  ...shared,
  capabilities: { ...common, readBack: false },
  *cancel({ service: { id } }): Exchange<CancelVerdict> {
    return verdictOf(yield toWrite(id));
  },
});

function toWrite(id: string): ProviderRequest {
  // The token goes into no header: the secrets of some tests are none that HTTP could carry.
  return { effect: 'write', method: 'POST', path: ['services', id], json: {} };
}

const has = (value: unknown, key: string): boolean => typeof value === 'object' && value !== null && key in value;
const verdictSchema = v.custom<CancelVerdict>((value) => has(value, 'verdict'));
const refusalSchema = v.custom<StatusVerdict>((value) => has(value, 'verdict'));
const statusSchema = v.custom<CancellationStatus>((value) => has(value, 'state'));

function verdictOf({ body }: ProviderResponse): CancelVerdict {
  const verdict = v.safeParse(verdictSchema, body.kind === 'json' ? body.value : undefined);
  return verdict.success ? verdict.output : { verdict: 'unrecognized' };
}

import { createCancelService, type CancelService, type ServiceOptions } from 'cancelkit';
import {
  calendarDay,
  defineProvider,
  type CancelVerdict,
  type Exchange,
  type OptionsVerdict,
  type Provider,
  type ProviderRequest,
  type ProviderResponse,
  type ReasonCode,
  type ReasonField,
  type StatusVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';

/** Configuration of the made-up provider of version 2. */
export interface DatedConfig {
  readonly baseUrl: string;
  readonly token: string;
}

/** Its service reference. `look`: the adapter reads the service before it cancels. */
export interface DatedService {
  readonly id: string;
  readonly look?: boolean | undefined;
}

/** Its own fields of a cancellation. */
export interface DatedExtras {
  readonly reserveLocation?: boolean | undefined;
}

/** Every timing. */
export const ALL_TIMINGS = ['end_of_period', 'immediate', 'end_of_term', 'earliest', 'on_date'] as const;

/** The codes of its list. */
export const CODES: readonly ReasonCode[] = [
  { code: 'R1', label: 'Too dear', categories: ['too_expensive'] },
  { code: 'R2', label: 'Something else', categories: ['other', 'no_longer_needed'] },
];

type DatedProvider = Provider<
  'dated',
  DatedConfig,
  DatedService,
  (typeof ALL_TIMINGS)[number],
  'cancel' | 'status' | 'options' | 'confirm',
  DatedExtras | undefined
>;

/**
 * A provider whose server answers with verdicts: what the adapter makes of a response is the JSON of its body. So a
 * test says with the responses what the adapter says.
 */
export function datedProvider(reason: ReasonField = { field: 'optional' }): DatedProvider {
  return defineProvider({
    specVersion: 2,
    id: 'dated',
    capabilities: {
      timings: ALL_TIMINGS,
      reason,
      readBack: true,
      revoke: false,
      options: true,
      confirm: 'immediate',
      extras: { reserveLocation: { type: 'boolean', description: 'Keeps the place in the rack.' } },
      immediateDestroysData: 'yes',
      recognizesRepeat: 'documented',
      batch: { max: 10 },
    },
    config: v.strictObject({ baseUrl: v.string(), token: v.string() }),
    env: { baseUrl: 'DATED_URL', token: 'DATED_TOKEN' },
    service: v.strictObject({ id: v.string(), look: v.optional(v.boolean()) }),
    serviceKey: ({ id }) => id,
    extras: v.strictObject(
      { reserveLocation: v.optional(v.boolean('true or false')) },
      'an object with only reserveLocation',
    ),
    baseUrl: ({ baseUrl }) => baseUrl,
    secrets: ({ token }) => [token],
    *cancel({ service, when, reasonText, reasonCode, extras }, config) {
      let seen: { readonly serviceSeen?: boolean; readonly asksFor?: string } = {};
      if (service.look === true) {
        const looked = yield read(service.id, config);
        const earliest = calendarDay(String(field(looked, 'earliest')));
        if (earliest === undefined) return said<CancelVerdict>(looked);
        if (typeof when === 'object' && when.on < earliest) {
          const date = { value: earliest, precision: 'date', source: 'provider' } as const;
          return { verdict: 'refused', code: 'date_too_early', message: 'That is too early.', earliest: date };
        }
        seen = { serviceSeen: true, ...(when === 'earliest' ? { asksFor: earliest } : {}) };
      }
      const json = { when: typeof when === 'object' ? when.on : when, reasonText, reasonCode, ...extras };
      const written = yield {
        effect: 'write',
        method: 'POST',
        path: ['services', service.id, 'cancel'],
        json,
        ...headers(config),
        ...seen,
      };
      if (field(written, 'then') !== 'read') return said<CancelVerdict>(written);
      return said<CancelVerdict>(yield read(service.id, config));
    },
    *confirm({ service, token, reasonText, reasonCode, extras }, config) {
      const json = { token, reasonText, reasonCode, ...extras };
      return said<CancelVerdict>(
        yield { effect: 'write', method: 'POST', path: ['services', service.id, 'confirm'], json, ...headers(config) },
      );
    },
    *cancelBatch({ services, when, reasonText, reasonCode, extras }, config) {
      const ids = services.map(({ id }) => id);
      const json = { ids, when: typeof when === 'object' ? when.on : when, reasonText, reasonCode, ...extras };
      return said<CancelVerdict>(yield { effect: 'write', method: 'POST', path: ['cancel'], json, ...headers(config) });
    },
    *status({ id }, config) {
      return said<StatusVerdict>(yield read(id, config));
    },
    *options({ id }, config): Exchange<OptionsVerdict<(typeof ALL_TIMINGS)[number]>> {
      return said(yield { ...read(id, config), path: ['services', id, 'options'] });
    },
  });
}

/** An account at it. */
export type DatedAccount = ReturnType<DatedProvider['account']>;

/** Its credentials in every test. */
export const TOKEN = 'tok-of-the-account-7f3a';

/** A service with the account `dated`. */
export function datedService(
  fetch: typeof globalThis.fetch,
  reason?: ReasonField,
  options: ServiceOptions = {},
): CancelService<{ readonly dated: DatedAccount }> {
  const account = datedProvider(reason).account({ baseUrl: 'https://dated.example', token: TOKEN });
  return createCancelService({ dated: account }, { fetch, ...options });
}

function read(id: string, config: DatedConfig): ProviderRequest {
  return { effect: 'read', method: 'GET', path: ['services', id], ...headers(config) };
}

function headers({ token }: DatedConfig): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { authorization: `Bearer ${token}` } };
}

function field({ body }: ProviderResponse, name: string): unknown {
  return body.kind === 'json' && typeof body.value === 'object' && body.value !== null
    ? Reflect.get(body.value, name)
    : undefined;
}

// oxlint-disable-next-line no-unnecessary-type-parameters -- what the caller expects the test to have written
function said<Verdict>(response: ProviderResponse): Verdict | { readonly verdict: 'unrecognized' } {
  const { body } = response;
  if (field(response, 'verdict') === undefined || body.kind !== 'json') return { verdict: 'unrecognized' };
  // oxlint-disable-next-line no-unsafe-type-assertion -- the tests write verdicts into their responses
  return body.value as Verdict;
}

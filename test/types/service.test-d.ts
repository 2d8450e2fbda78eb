// Checked by the compiler alone: each `@ts-expect-error` is an error of its own if the line below it compiles.
import {
  createCancelService,
  type AccountKey,
  type AccountKeyWith,
  type CancellationStatus,
  type CancelRequest,
  type CancelResultOf,
  type ProviderOf,
  type ServiceOf,
  type TimingOf,
  type When,
} from 'cancelkit';
import { defineProvider } from 'cancelkit/provider';
import * as v from 'valibot';
import { acmeProvider, blindAcmeProvider } from '../support/acme.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { miniProvider } from '../support/mini.ts';
import { check, type Equal } from '../support/type-check.ts';

const accounts = {
  plesk: acmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
  blind: blindAcmeProvider().account(async () => ({ baseUrl: 'https://api.example.com', token: 'a-token' })),
  vps: miniProvider.account(),
};
const services = createCancelService(accounts);
type Own = typeof accounts;

const hosting = { hostingId: 'h-1', domain: 'example.com' };
const server = { serverId: 1 };
const now = 'immediate';

export async function cancelling(): Promise<void> {
  await services.cancel({ account: 'plesk', service: hosting, when: 'immediate' });
  await services.cancel({ account: 'plesk', service: hosting, when: 'end_of_period', reason: 'x', reference: 'y' });
  await services.cancel({
    account: 'plesk',
    service: hosting,
    when: 'immediate',
    reason: { category: 'other', text: 'x' },
  });
  await services.cancel({ account: 'vps', service: server, when: 'immediate' }, { deadlineMs: 5 });

  // @ts-expect-error a name that is not among the accounts
  await services.cancel({ account: 'brand-a', service: hosting, when: 'immediate' });
  // @ts-expect-error the service of another provider
  await services.cancel({ account: 'plesk', service: server, when: 'immediate' });
  // @ts-expect-error the service of another provider, the other way round
  await services.cancel({ account: 'vps', service: hosting, when: 'immediate' });
  // @ts-expect-error no domain
  await services.cancel({ account: 'plesk', service: { hostingId: 'h-1' }, when: 'immediate' });
  // @ts-expect-error an id of another type
  await services.cancel({ account: 'plesk', service: { hostingId: 1, domain: 'example.com' }, when: 'immediate' });
  // @ts-expect-error a key that the service does not have
  await services.cancel({ account: 'plesk', when: now, service: { hostingId: 'h-1', domain: 'example.com', x: 1 } });
  // @ts-expect-error no service
  await services.cancel({ account: 'plesk', when: 'immediate' });
  // @ts-expect-error no timing
  await services.cancel({ account: 'plesk', service: hosting });
  // @ts-expect-error a timing of undefined
  await services.cancel({ account: 'plesk', service: hosting, when: undefined });
  // @ts-expect-error a timing that nobody offers
  await services.cancel({ account: 'plesk', service: hosting, when: 'tomorrow' });
  // @ts-expect-error a timing that this provider does not offer
  await services.cancel({ account: 'vps', service: server, when: 'end_of_period' });
  // @ts-expect-error a category that there is not
  await services.cancel({ account: 'plesk', service: hosting, when: 'immediate', reason: { category: 'bored' } });
  // @ts-expect-error a key that a request does not have
  await services.cancel({ account: 'plesk', service: hosting, when: 'immediate', dryRun: true });
  // @ts-expect-error an option that there is not
  await services.cancel({ account: 'plesk', service: hosting, when: 'immediate' }, { timeout: 5 });
  // @ts-expect-error the same for the call that does not throw
  await services.safeCancel({ account: 'vps', service: server, when: 'end_of_period' });
  // @ts-expect-error and for the preview
  await services.preview({ account: 'vps', service: server, when: 'end_of_period' });
}

export async function reading(): Promise<void> {
  const status = await services.status({ account: 'plesk', service: hosting });
  check<Equal<typeof status, CancellationStatus>>();
  // @ts-expect-error an account whose provider has no read-back
  await services.status({ account: 'blind', service: hosting });
  // @ts-expect-error the same at another provider
  await services.status({ account: 'vps', service: server });
  // @ts-expect-error a read-back has no timing
  await services.status({ account: 'plesk', service: hosting, when: 'immediate' });
}

export async function results(): Promise<void> {
  const result = await services.cancel({ account: 'plesk', service: hosting, when: 'immediate' });
  check<Equal<typeof result.account, 'plesk'>>();
  check<Equal<typeof result.provider, 'acme'>>();
  check<Equal<typeof result.service, { hostingId: string; domain: string }>>();
  check<Equal<typeof result.when, When>>();
  const settled = await services.safeCancel({ account: 'vps', service: server, when: 'immediate' });
  if (settled.ok) {
    check<Equal<typeof settled.result.account, 'vps'>>();
    check<Equal<typeof settled.result.provider, 'mini'>>();
    check<Equal<typeof settled.result.when, 'immediate'>>();
    // @ts-expect-error a result has no error
    settled.error.toString();
  } else {
    check<Equal<typeof settled.error.retryable, boolean>>();
  }
  // @ts-expect-error a result is never a bare yes
  result.cancelled.toString();
}

export async function several(): Promise<void> {
  const requests: CancelRequest<Own>[] = [
    { account: 'plesk', service: hosting, when: 'end_of_period' },
    { account: 'vps', service: server, when: 'immediate' },
  ];
  for await (const item of services.cancelMany(requests, { concurrency: { vps: 1 } })) {
    check<Equal<typeof item.index, number>>();
    if (item.ok && item.result.account === 'vps') check<Equal<typeof item.result.provider, 'mini'>>();
  }
  // @ts-expect-error the service of one account at another
  services.cancelMany([{ account: 'plesk', service: server, when: 'immediate' }]);
  // @ts-expect-error a timing that this account does not offer
  services.cancelMany([{ account: 'vps', service: server, when: 'end_of_period' }]);
  // @ts-expect-error one request instead of several
  services.cancelMany({ account: 'plesk', service: hosting, when: 'immediate' });
  // @ts-expect-error the concurrency of an account that there is not
  services.cancelMany(requests, { concurrency: { 'brand-a': 1 } });
}

check<Equal<AccountKey<Own>, 'plesk' | 'blind' | 'vps'>>();
check<Equal<AccountKeyWith<Own, 'status'>, 'plesk'>>();
check<Equal<AccountKeyWith<Own, 'cancel'>, 'plesk' | 'blind' | 'vps'>>();
check<Equal<ServiceOf<Own['plesk']>, { hostingId: string; domain: string }>>();
check<Equal<ServiceOf<Own['vps']>, { serverId: number }>>();
check<Equal<TimingOf<Own['plesk']>, When>>();
check<Equal<TimingOf<Own['vps']>, 'immediate'>>();
check<Equal<ProviderOf<Own['plesk']>, 'acme'>>();
check<Equal<CancelResultOf<Own, 'vps'>['service'], { serverId: number }>>();
check<Equal<(typeof services.accounts)['vps']['provider'], 'mini'>>();
// @ts-expect-error the check itself can fail
check<Equal<ProviderOf<Own['plesk']>, 'mini'>>();
// @ts-expect-error what can be told apart is: a field that may be left out
check<Equal<ServiceOf<Own['plesk']>, { hostingId: string; domain?: string }>>();

// A service that is one of two shapes stays so.
const either = defineProvider({
  specVersion: 1,
  id: 'either',
  capabilities: { ...LEAST_CAPABILITIES, timings: ['end_of_period'] },
  config: v.strictObject({ token: v.string() }),
  env: {},
  service: v.union([
    v.strictObject({ kvmId: v.string() }),
    v.strictObject({ serviceId: v.union([v.number(), v.string()]) }),
  ]),
  baseUrl: () => 'https://either.example.com',
  secrets: ({ token }) => [token],
  *cancel({ service, when }) {
    check<Equal<typeof when, 'end_of_period'>>();
    yield {
      effect: 'write',
      method: 'POST',
      path: ['kvmId' in service ? service.kvmId : String(service.serviceId)],
      json: {},
    };
    return { verdict: 'unrecognized' };
  },
});
check<Equal<ServiceOf<ReturnType<typeof either.account>>, { kvmId: string } | { serviceId: string | number }>>();
check<Equal<TimingOf<ReturnType<typeof either.account>>, 'end_of_period'>>();
// @ts-expect-error a configuration without its token
either.account({});
// @ts-expect-error a function whose configuration has no token
either.account(() => ({}));
// @ts-expect-error something that is no account
createCancelService({ either });

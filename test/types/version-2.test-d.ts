// Checked by the compiler alone: each `@ts-expect-error` is an error of its own if the line below it compiles.
import {
  createCancelService,
  type AccountKeyWith,
  type AnyWhen,
  type CancellationOptions,
  type CancelRequest,
  type ExtrasOf,
  type TimingOf,
  type When,
} from 'cancelkit';
import { acmeProvider } from '../support/acme.ts';
import { datedProvider, type ALL_TIMINGS, type DatedExtras } from '../support/dated.ts';
import { check, type Equal } from '../support/type-check.ts';

const accounts = {
  robot: datedProvider().account({ baseUrl: 'https://dated.example', token: 'a-token' }),
  plesk: acmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
};
const services = createCancelService(accounts);
type Own = typeof accounts;

const server = { id: 's-1' };
const hosting = { hostingId: 'h-1', domain: 'example.com' };

export async function timings(): Promise<void> {
  for (const when of ['immediate', 'end_of_period', 'end_of_term', 'earliest'] as const) {
    await services.cancel({ account: 'robot', service: server, when });
  }
  const result = await services.cancel({ account: 'robot', service: server, when: { on: '2099-12-31' } });
  check<Equal<typeof result.when, When<(typeof ALL_TIMINGS)[number]>>>();

  // @ts-expect-error a date is an object, so that it is never taken for an instant
  await services.cancel({ account: 'robot', service: server, when: '2099-12-31' });
  // @ts-expect-error the kind of timing is no timing
  await services.cancel({ account: 'robot', service: server, when: 'on_date' });
  // @ts-expect-error an instant
  await services.cancel({ account: 'robot', service: server, when: { on: new Date() } });
  // @ts-expect-error a date at a provider that takes none
  await services.cancel({ account: 'plesk', service: hosting, when: { on: '2099-12-31' } });
  // @ts-expect-error a timing of another provider
  await services.cancel({ account: 'plesk', service: hosting, when: 'earliest' });
}

export async function extras(): Promise<void> {
  await services.cancel({ account: 'robot', service: server, when: 'earliest', extras: { reserveLocation: true } });
  // @ts-expect-error a field that the provider does not have
  await services.cancel({ account: 'robot', service: server, when: 'earliest', extras: { futureUse: 'x' } });
  // @ts-expect-error a field of another type
  await services.cancel({ account: 'robot', service: server, when: 'earliest', extras: { reserveLocation: 'yes' } });
  // @ts-expect-error a provider without fields of its own
  await services.cancel({ account: 'plesk', service: hosting, when: 'immediate', extras: { reserveLocation: true } });
}

export async function asking(): Promise<void> {
  const read = await services.options({ account: 'robot', service: server });
  check<Equal<typeof read, CancellationOptions<(typeof ALL_TIMINGS)[number]>>>();
  // @ts-expect-error a provider that cannot say what a service allows
  await services.options({ account: 'plesk', service: hosting });
  // @ts-expect-error a question has no timing
  await services.options({ account: 'robot', service: server, when: 'earliest' });
}

export async function confirming(): Promise<void> {
  const result = await services.confirm({ account: 'robot', service: server, token: 't', reason: 'x', reference: 'y' });
  check<Equal<typeof result.account, 'robot'>>();
  const settled = await services.safeConfirm({ account: 'robot', service: server, token: 't' }, { verify: true });
  if (settled.ok) check<Equal<typeof settled.result.provider, 'dated'>>();
  // @ts-expect-error no token
  await services.confirm({ account: 'robot', service: server });
  // @ts-expect-error the timing is the provider's
  await services.confirm({ account: 'robot', service: server, token: 't', when: 'immediate' });
  // @ts-expect-error a provider whose cancellations need no confirmation
  await services.confirm({ account: 'plesk', service: hosting, token: 't' });
  // @ts-expect-error the same as a value
  await services.safeConfirm({ account: 'plesk', service: hosting, token: 't' });
}

check<Equal<AccountKeyWith<Own, 'options'>, 'robot'>>();
check<Equal<AccountKeyWith<Own, 'confirm'>, 'robot'>>();
check<Equal<TimingOf<Own['plesk']>, 'immediate' | 'end_of_period'>>();
check<Equal<ExtrasOf<Own['robot']>, DatedExtras>>();
check<Equal<ExtrasOf<Own['plesk']>, undefined>>();
check<Equal<CancelRequest<Own, 'robot'>['when'], AnyWhen>>();

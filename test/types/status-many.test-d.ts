// Checked by the compiler alone: each `@ts-expect-error` is an error of its own if the line below it compiles.
import { createCancelService, type CancellationStatus, type StatusManyItem, type StatusRequest } from 'cancelkit';
import { acmeProvider, blindAcmeProvider } from '../support/acme.ts';

const accounts = {
  plesk: acmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
  blind: blindAcmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
};
type Own = typeof accounts;
const services = createCancelService(accounts);
const service = { hostingId: 'h-1', domain: 'example.com' };
const requests: StatusRequest<Own>[] = [{ account: 'plesk', service, providerReference: 'r-1' }];

export async function items(signal: AbortSignal): Promise<void> {
  const options = { concurrency: { plesk: 2 }, maxPauseMs: 5, total: 1, signal, deadlineMs: 5 };
  for await (const item of services.statusMany(requests, options)) {
    const named: StatusManyItem<Own> = item;
    const status: CancellationStatus | undefined = named.ok ? named.result : undefined;
    // @ts-expect-error whether there is a state is not known
    named.result.toString();
    void status;
  }
  services.statusMany(requests, {
    onProgress: ({ outcomes }) => {
      const counts: readonly (number | undefined)[] = [outcomes.none, outcomes.scheduled, outcomes.unauthorized];
      // @ts-expect-error an outcome of a cancellation, and no state
      const other: unknown = outcomes.already_cancelled;
      return void [counts, other];
    },
  });

  // @ts-expect-error an account whose provider cannot be read
  services.statusMany([{ account: 'blind', service }]);
  // @ts-expect-error an account that there is not
  services.statusMany([{ account: 'other', service }]);
  // @ts-expect-error a timing, which a read has not
  services.statusMany([{ account: 'plesk', service, when: 'immediate' }]);
  // @ts-expect-error an option of cancellations
  services.statusMany(requests, { verify: true });
  // @ts-expect-error an option of cancellations
  services.statusMany(requests, { batch: { plesk: 2 } });
}

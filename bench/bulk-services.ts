import { createCancelService, type CancelRequest, type CancelService, type ServiceOptions } from 'cancelkit';
import { edis, type EdisAccount } from 'cancelkit/edis';
import { hosting, type HostingAccount } from 'cancelkit/hosting';
import { vpsbg, type VpsbgAccount } from 'cancelkit/vpsbg';
import { whmcs, type WhmcsAccount } from 'cancelkit/whmcs';

/** An account at each provider. */
export interface BulkAccounts {
  readonly edis: EdisAccount;
  readonly vpsbg: VpsbgAccount;
  readonly plesk: HostingAccount;
  readonly billing: WhmcsAccount;
}

/** A service over the four accounts, each at an origin of its own. */
export function bulkService(
  originOf: (account: keyof BulkAccounts) => string,
  options: ServiceOptions<BulkAccounts>,
): CancelService<BulkAccounts> {
  const accounts: BulkAccounts = {
    edis: edis({ email: 'reseller@example.com', password: 'benchmark-password', baseUrl: originOf('edis') }),
    vpsbg: vpsbg({ token: 'benchmark-token', baseUrl: originOf('vpsbg') }),
    plesk: hosting({ baseUrl: originOf('plesk'), token: 'benchmark-token' }),
    billing: whmcs({ url: originOf('billing'), identifier: 'benchmark-identifier', secret: 'benchmark-secret' }),
  };
  return createCancelService(accounts, options);
}

/** How many of each account's run concurrently: the defaults. */
export const CONCURRENCY = { edis: 1, vpsbg: 2, plesk: 4, billing: 2 } as const;

/** The same in all. */
export const AT_ONCE: number = Object.values(CONCURRENCY).reduce((sum, own) => sum + own, 0);

// A round of requests, mixed: as many of each account as it runs concurrently, so that all end together.
const ROUND = ['edis', 'plesk', 'vpsbg', 'billing', 'plesk', 'vpsbg', 'plesk', 'billing', 'plesk'] as const;

/** So many requests, of the accounts of a round in turn, made as they are asked for. */
export function* bulkRequests(
  count: number,
  round: readonly (keyof BulkAccounts)[] = ROUND,
): Generator<CancelRequest<BulkAccounts>, void, undefined> {
  for (let index = 0; index < count; index += 1) yield requestOf(round[index % round.length] ?? 'edis', index + 1);
}

function requestOf(account: keyof BulkAccounts, id: number): CancelRequest<BulkAccounts> {
  const common = { when: 'end_of_period', reason: { category: 'no_longer_needed' } } as const;
  switch (account) {
    case 'edis':
      return { account, service: { kvmId: `kvm_${id}_abcde` }, ...common };
    case 'vpsbg':
      return { account, service: { serverId: id }, ...common };
    case 'plesk':
      return { account, service: { hostingId: `1_${id}`, domain: 'example.com' }, ...common };
    case 'billing':
      return { account, service: { serviceId: id }, ...common };
  }
}

/** The usual way without `cancelMany`: so many concurrently, and the next ones when all of them have ended. */
export async function inChunks(
  service: CancelService<BulkAccounts>,
  requests: Iterable<CancelRequest<BulkAccounts>>,
  size: number,
  onEnd: (ok: boolean) => void,
): Promise<void> {
  let chunk: Promise<void>[] = [];
  for (const request of requests) {
    chunk.push(service.safeCancel(request).then(({ ok }) => onEnd(ok)));
    if (chunk.length < size) continue;
    await Promise.all(chunk);
    chunk = [];
  }
  await Promise.all(chunk);
}

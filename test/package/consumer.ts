import { createCancelService, isProviderError, type CancelResult } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';

/**
 * A program of a user of the package: compiled here against the sources, and by the package checks against what is
 * published. Not run.
 */
export async function cancelOne(): Promise<CancelResult> {
  const services = createCancelService({
    edis: edis({ email: 'billing@reseller.example', password: 'secret' }),
    vpsbg: vpsbg({ token: 'secret' }),
    plesk: hosting({ baseUrl: 'https://api.reseller.example', token: 'secret' }),
    brand: whmcs(),
  });

  // @ts-expect-error -- there is no such account
  await services.safeCancel({ account: 'unknown', service: { serverId: 1 }, when: 'immediate' });
  // @ts-expect-error -- another provider's service
  await services.safeCancel({ account: 'vpsbg', service: { hostingId: '1' }, when: 'immediate' });
  // @ts-expect-error -- there is no default timing
  await services.safeCancel({ account: 'vpsbg', service: { serverId: 1 } });
  // @ts-expect-error -- EDIS has no read-back
  await services.status({ account: 'edis', service: { serviceId: 1 } });

  try {
    const result = await services.cancel({
      account: 'plesk',
      service: { hostingId: '1_aed1', domain: 'customer.example' },
      when: 'end_of_period',
      reason: { category: 'too_expensive' },
    });
    const domain: string = result.service.domain;
    console.log(domain, result.outcome, result.effectiveAt?.value);
    return result;
  } catch (error) {
    if (isProviderError(error, 'outcome_unknown')) console.log(error.sentAt, error.lastSeen);
    throw error;
  }
}

import {
  defineProvider,
  notAbsent,
  reading,
  type AbsentVerdict,
  type Account,
  type ConfigSource,
  type Exchange,
  type NoVerdict,
  type Provider,
  type When,
} from '../../src/provider/index.ts';
import { hostbillAccess, secretsOf } from './access.ts';
import { fromNo } from './answer.ts';
import { listServices } from './find.ts';
import { hostbillConfigSchema, hostbillEnv, type HostbillConfig } from './config.ts';
import { toCancelRequest, toListRequest, toServiceRequest } from './request.ts';
import { fromCancelResponse, listIn, readService, toOptions, type ShownService } from './response.ts';
import { hostbillServiceSchema, type HostbillService, type HostbillServiceNumber } from './service.ts';
import { whereToLook } from './where-to-look.ts';

export type { HostbillConfig, HostbillPasswordConfig, HostbillTokenConfig } from './config.ts';
export type { HostbillService } from './service.ts';

type HostbillOperation = 'cancel' | 'status' | 'options' | 'find';

/** The User API of a HostBill portal. Its facts, their sources and the table of answers are in this folder's README. */
export const hostbillProvider: Provider<'hostbill', HostbillConfig, HostbillService, When, HostbillOperation> =
  defineProvider({
    specVersion: 2,
    id: 'hostbill',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'required' },
      readBack: true,
      revoke: false,
      options: true,
      find: true,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'inferred',
      // Each host sets a rate limit of its own.
      concurrency: 2,
    },
    config: hostbillConfigSchema,
    env: hostbillEnv,
    service: hostbillServiceSchema,
    serviceForms: [{ example: { serviceId: 4711 }, plainId: /^\d+$/ }],
    baseUrl: ({ baseUrl }) => baseUrl,
    whereToLook,
    secrets: ({ credentials }) => secretsOf(credentials),
    access: hostbillAccess,
    escapesHtml: true,
    *cancel(order, config) {
      return fromCancelResponse(yield toCancelRequest(order), order, config);
    },
    ...reading(read, toOptions),
    find: listServices,
    check: {
      reads: 'the list of services',
      basis: 'inferred',
      leavesOpen: 'whether the host allows cancelling over the API',
      *run() {
        const response = yield toListRequest();
        return listIn(response) ? { verdict: 'accepted' } : notAbsent(fromNo(response));
      },
    },
  });

/** What {@link hostbill} returns. */
export type HostbillAccount = Account<'hostbill', HostbillService, When, HostbillOperation>;

/**
 * An account at a host with a HostBill portal.
 *
 * @param config address and credentials, an (async) function that returns them, or nothing for `HOSTBILL_BASE_URL`,
 * `HOSTBILL_EMAIL` and `HOSTBILL_PASSWORD`. Read at each call.
 */
export function hostbill(config?: ConfigSource<HostbillConfig>): HostbillAccount {
  return hostbillProvider.account(config);
}

function* read(service: HostbillServiceNumber): Exchange<ShownService | AbsentVerdict | NoVerdict> {
  return readService(yield toServiceRequest(service), service);
}

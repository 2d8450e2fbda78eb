import {
  defineProvider,
  type AbsentVerdict,
  type Account,
  type ConfigSource,
  type Exchange,
  type NoVerdict,
  type Provider,
} from '../../src/provider/index.ts';
import { leasewebConfigSchema, leasewebEnv, type LeasewebConfig } from './config.ts';
import { listServices } from './find.ts';
import { readContract, type ReadContract } from './contract.ts';
import { toCancelRequest, toReadRequest, toReasonsRequest, toUndoRequest, type LeasewebTiming } from './request.ts';
import {
  fromCancelResponse,
  fromUndoResponse,
  readReasons,
  reasonNotToSend,
  reasonNotToUndo,
  toOptions,
  withoutCode,
} from './response.ts';
import { leasewebServiceSchema, type LeasewebService, type LeasewebTarget } from './service.ts';
import { whereToLook } from './where-to-look.ts';

export type { LeasewebConfig } from './config.ts';
export type { LeasewebTiming } from './request.ts';
export type { LeasewebService } from './service.ts';

type LeasewebOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** Leaseweb's Services API and Public Cloud. Their facts, with sources and the tables of answers, are in this folder's README. */
export const leasewebProvider: Provider<
  'leaseweb',
  LeasewebConfig,
  LeasewebService,
  LeasewebTiming,
  LeasewebOperation
> = defineProvider({
  specVersion: 2,
  id: 'leaseweb',
  capabilities: {
    timings: ['immediate', 'end_of_period', 'end_of_term'],
    // For services. An instance takes neither, and its result says so.
    reason: { field: 'optional', codes: 'listed' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    immediateDestroysData: 'yes',
    recognizesRepeat: 'no',
  },
  config: leasewebConfigSchema,
  env: leasewebEnv,
  service: leasewebServiceSchema,
  serviceForms: [
    { example: { serviceId: '10000000000010' }, plainId: /^\d+$/ },
    {
      example: { instanceId: 'ace712e9-a166-47f1-9065-4af0f7e7fce1' },
      plainId: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    },
  ],
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  secrets: ({ apiKey }) => [apiKey],
  access: { headers: (_request, { apiKey }) => ({ 'x-lsw-auth': apiKey }) },
  // Reads first: the contract fixes the timing, and the same request destroys an instance now or ends it later.
  *cancel(order) {
    const { service, when, reasonCode } = order;
    const contract = yield* read(service);
    if ('verdict' in contract) return contract;
    const notSent = reasonNotToSend(contract, when);
    if (notSent !== undefined) return notSent;
    if ('serviceId' in service && reasonCode === undefined) {
      const reasons = readReasons(yield toReasonsRequest());
      return 'verdict' in reasons ? reasons : withoutCode(reasons);
    }
    return fromCancelResponse(yield toCancelRequest(order, contract.end?.value.slice(0, 10)), order, contract);
  },
  *status(service) {
    const contract = yield* read(service);
    return 'verdict' in contract ? contract : { verdict: 'found', status: contract.status };
  },
  *options(service) {
    const contract = yield* read(service);
    if ('verdict' in contract) return contract;
    if ('instanceId' in service) return toOptions(contract);
    const reasons = readReasons(yield toReasonsRequest());
    return 'verdict' in reasons ? reasons : toOptions(contract, reasons);
  },
  *revoke(service) {
    return reasonNotToUndo(yield* read(service)) ?? fromUndoResponse(yield toUndoRequest(service));
  },
  find: listServices,
  check: {
    reads: 'the list of cancellation reasons',
    basis: 'documented',
    leavesOpen: 'whether the key may cancel, and whether it may use Public Cloud',
    *run() {
      const reasons = readReasons(yield toReasonsRequest());
      return 'verdict' in reasons ? reasons : { verdict: 'accepted' };
    },
  },
});

/** What {@link leaseweb} returns. */
export type LeasewebAccount = Account<'leaseweb', LeasewebService, LeasewebTiming, LeasewebOperation>;

/**
 * An account at Leaseweb.
 *
 * @param config the API key, an (async) function that returns it, or nothing for `LEASEWEB_API_KEY`. Read at each call.
 */
export function leaseweb(config?: ConfigSource<LeasewebConfig>): LeasewebAccount {
  return leasewebProvider.account(config);
}

function* read(service: LeasewebTarget): Exchange<ReadContract | AbsentVerdict | NoVerdict> {
  return readContract(yield toReadRequest(service), service);
}

import type { AbsentVerdict, Exchange, NoVerdict, ProviderDefinition } from '../../src/provider/index.ts';
import { leasewebConfigSchema } from './config.ts';
import { readContract, type ReadContract } from './contract.ts';
import { listServices } from './find.ts';
import { leasewebCheck, leasewebProfile, type LeasewebTypes } from './profile.ts';
import { toCancelRequest, toReadRequest, toReasonsRequest, toUndoRequest } from './request.ts';
import {
  fromCancelResponse,
  fromUndoResponse,
  readReasons,
  reasonNotToSend,
  reasonNotToUndo,
  toOptions,
  withoutCode,
} from './response.ts';
import { leasewebServiceSchema, type ResolvedLeasewebService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const leasewebDefinition: ProviderDefinition<LeasewebTypes> = {
  ...leasewebProfile,
  config: leasewebConfigSchema,
  service: leasewebServiceSchema,
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
    ...leasewebCheck,
    *run() {
      const reasons = readReasons(yield toReasonsRequest());
      return 'verdict' in reasons ? reasons : { verdict: 'accepted' };
    },
  },
};

function* read(service: ResolvedLeasewebService): Exchange<ReadContract | AbsentVerdict | NoVerdict> {
  return readContract(yield toReadRequest(service), service);
}

import type { CancelVerdict, Exchange, OptionsVerdict, ProviderDefinition } from '../../src/provider/index.ts';
import { leasewebConfigSchema, type ResolvedLeasewebConfig } from './config.ts';
import { readContract } from './contract.ts';
import { listServices } from './find.ts';
import { leasewebCheck, leasewebProfile, type LeasewebTypes } from './profile.ts';
import {
  toCancelRequest,
  toReadRequest,
  toReasonsRequest,
  toUndoRequest,
  type LeasewebOrder,
  type LeasewebTiming,
} from './request.ts';
import {
  fromCancelResponse,
  fromUndoResponse,
  readReasons,
  reasonNotToSend,
  reasonNotToUndo,
  toOptions,
  withoutCode,
} from './response.ts';
import { leasewebServiceSchema, type LeasewebTarget } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const leasewebDefinition: ProviderDefinition<LeasewebTypes> = {
  ...leasewebProfile,
  config: leasewebConfigSchema,
  service: leasewebServiceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  secrets: ({ apiKey }) => [apiKey],
  cancel,
  *status(service, config) {
    const read = readContract(yield toReadRequest(service, config), service);
    return 'verdict' in read ? read : { verdict: 'found', status: read.status };
  },
  options,
  *revoke(service, config) {
    const read = readContract(yield toReadRequest(service, config), service);
    const notSent = reasonNotToUndo(read);
    return notSent ?? fromUndoResponse(yield toUndoRequest(service, config));
  },
  find: listServices,
  check: {
    ...leasewebCheck,
    *run(config) {
      const read = readReasons(yield toReasonsRequest(config));
      return 'verdict' in read ? read : { verdict: 'accepted' };
    },
  },
};

/** Reads first: the contract fixes the timing, and the same request destroys an instance now or ends it later. */
function* cancel(order: LeasewebOrder, config: ResolvedLeasewebConfig): Exchange<CancelVerdict> {
  const { service, when, reasonCode } = order;
  const read = readContract(yield toReadRequest(service, config), service);
  if ('verdict' in read) return read;
  const notSent = reasonNotToSend(read, when);
  if (notSent !== undefined) return notSent;
  if ('serviceId' in service && reasonCode === undefined) {
    const reasons = readReasons(yield toReasonsRequest(config));
    return 'verdict' in reasons ? reasons : withoutCode(reasons);
  }
  return fromCancelResponse(yield toCancelRequest(order, read.end?.value.slice(0, 10), config), order, read);
}

function* options(service: LeasewebTarget, config: ResolvedLeasewebConfig): Exchange<OptionsVerdict<LeasewebTiming>> {
  const read = readContract(yield toReadRequest(service, config), service);
  if ('verdict' in read) return read;
  if ('instanceId' in service) return toOptions(read);
  const reasons = readReasons(yield toReasonsRequest(config));
  return 'verdict' in reasons ? reasons : toOptions(read, reasons);
}

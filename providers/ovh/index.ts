import {
  absentIsRefused,
  defineProvider,
  notAbsent,
  reading,
  refused,
  refusedField,
  type AbsentVerdict,
  type Account,
  type ConfigSource,
  type Exchange,
  type NoVerdict,
  type Provider,
} from '../../src/provider/index.ts';
import { ovhAccess } from './access.ts';
import { ovhConfigSchema, ovhEnv, type OvhConfig } from './config.ts';
import { listServices } from './find.ts';
import { ovhExtrasSchema, ovhReasons, type OvhExtras } from './reason.ts';
import {
  ACTIONS,
  toConfirmRequest,
  toListRequest,
  toPolicyRequest,
  toServiceRequest,
  toTerminateRequest,
  type OvhTiming,
} from './request.ts';
import {
  fromConfirmResponse,
  fromErrorResponse,
  fromPolicyResponse,
  fromTerminateResponse,
  fromUndoResponse,
  idsIn,
  readService,
  reasonNotToSend,
  toOptions,
  type ReadService,
} from './response.ts';
import { ovhServiceKey, ovhServiceSchema, type OvhService, type OvhTarget } from './service.ts';
import { whereToLook } from './where-to-look.ts';

export type { OvhConfig, OvhEndpoint } from './config.ts';
export type { OvhExtras } from './reason.ts';
export type { OvhTiming } from './request.ts';
export type { OvhProduct, OvhService } from './service.ts';

type OvhOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'confirm' | 'find';

/** OVHcloud's API. Its facts, their sources and the table of answers are in this folder's README. */
export const ovhProvider: Provider<'ovh', OvhConfig, OvhService, OvhTiming, OvhOperation, OvhExtras | undefined> =
  defineProvider({
    specVersion: 2,
    id: 'ovh',
    capabilities: {
      timings: ['end_of_period', 'end_of_term', 'immediate'],
      reason: { field: 'optional', codes: ovhReasons },
      detailsWith: 'confirm',
      readBack: true,
      revoke: true,
      options: true,
      find: true,
      confirm: 'immediate',
      extras: {
        futureUse: { type: 'text', description: 'What comes after the service: NOT_REPLACING_SERVICE and others.' },
      },
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'no',
    },
    config: ovhConfigSchema,
    env: ovhEnv,
    service: ovhServiceSchema,
    serviceKey: ovhServiceKey,
    serviceForms: [
      { example: { serviceId: 4242 }, plainId: /^\d+$/ },
      { example: { serviceName: 'vps-1a2b3c4d.vps.ovh.net', product: 'vps' } },
      { example: { serviceId: 4242, serviceName: 'vps-1a2b3c4d.vps.ovh.net', product: 'vps' } },
    ],
    extras: ovhExtrasSchema,
    baseUrl: ({ baseUrl }) => baseUrl,
    whereToLook,
    access: ovhAccess,
    responseIdHeader: 'x-ovh-queryid',
    secrets: ({ applicationKey, applicationSecret, consumerKey }) => [applicationKey, applicationSecret, consumerKey],
    *cancel(order) {
      const { service, when } = order;
      const read = yield* findService(service);
      if ('verdict' in read) return read;
      const notSent = reasonNotToSend(read, order);
      if (notSent !== undefined) return notSent;
      return when === 'immediate'
        ? fromTerminateResponse(yield toTerminateRequest(service), service)
        : fromPolicyResponse(yield toPolicyRequest(read.serviceId, ACTIONS[when]));
    },
    *confirm(order) {
      return fromConfirmResponse(yield toConfirmRequest(order), order);
    },
    ...reading(findService, toOptions),
    *revoke({ serviceId, named }) {
      // The core has just read the service by all its ids.
      if (serviceId !== undefined) return fromUndoResponse(yield toPolicyRequest(serviceId, 'empty'));
      const read = yield* findService({ serviceId, named });
      if (!('verdict' in read)) return fromUndoResponse(yield toPolicyRequest(read.serviceId, 'empty'));
      return absentIsRefused(read, 'no such service.');
    },
    find: listServices,
    check: {
      reads: 'the ids of the services',
      basis: 'documented',
      leavesOpen: 'whether the consumer key may cancel and confirm',
      *run() {
        const response = yield toListRequest();
        return idsIn(response) ? { verdict: 'accepted' } : notAbsent(fromErrorResponse(response));
      },
    },
  });

/** What {@link ovh} returns. */
export type OvhAccount = Account<'ovh', OvhService, OvhTiming, OvhOperation, OvhExtras | undefined>;

/**
 * An account at OVHcloud.
 *
 * @param config the three keys, an (async) function that returns them, or nothing for `OVH_APPLICATION_KEY` and the
 * others. Read at each call.
 */
export function ovh(config?: ConfigSource<OvhConfig>): OvhAccount {
  return ovhProvider.account(config);
}

/** Reads the service, by its number or after a look for it by its name. */
function* findService(target: OvhTarget): Exchange<ReadService | AbsentVerdict | NoVerdict> {
  const { serviceId, named } = target;
  if (serviceId !== undefined) {
    const read = readService(yield toServiceRequest(serviceId), serviceId, target);
    return 'verdict' in read || read.isIt ? read : OTHER;
  }
  const response = yield toListRequest(named?.serviceName);
  const ids = idsIn(response);
  if (ids === undefined) return notAbsent(fromErrorResponse(response));
  if (ids.length > MOST_CANDIDATES) return AMBIGUOUS;
  const found: ReadService[] = [];
  for (const id of new Set(ids)) {
    const read = readService(yield toServiceRequest(id), id, target);
    if ('verdict' in read) return read;
    if (read.isIt) found.push(read);
  }
  return (found.length > 1 ? AMBIGUOUS : found[0]) ?? NONE;
}

// Options and backups of a machine can have its name.
const MOST_CANDIDATES = 10;

const OTHER = refusedField('service.serviceId', 'the id of the service with this serviceName and product', {
  message: 'the service with this serviceId has another name or is another product.',
});
const AMBIGUOUS = refusedField('service.serviceId', 'the id of one of the services with this name', {
  message: 'several services have this name. Pass serviceId as well, which GET /services lists.',
  problem: 'missing',
});
const NONE = refused(
  'not_found',
  'the account lists no service of this product with this name. Check the name, the product and the endpoint.',
);

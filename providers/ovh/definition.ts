import {
  absentIsRefused,
  checkedBy,
  notAbsent,
  reading,
  refused,
  refusedField,
  type AbsentVerdict,
  type Exchange,
  type NoVerdict,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { ovhAccess } from './access.ts';
import { ovhConfigSchema } from './config.ts';
import { ovhExtrasSchema } from './extras.ts';
import { listServices } from './find.ts';
import { ovhCheck, ovhProfile, type OvhTypes } from './profile.ts';
import {
  ACTIONS,
  toConfirmRequest,
  toListRequest,
  toPolicyRequest,
  toServiceRequest,
  toTerminateRequest,
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
import { ovhServiceKey, ovhServiceSchema, type ResolvedOvhService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const ovhDefinition: ProviderDefinition<OvhTypes> = {
  ...ovhProfile,
  config: ovhConfigSchema,
  service: ovhServiceSchema,
  serviceKey: ovhServiceKey,
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
    // The core has just read the service by all its ids, so its number needs no other look.
    const read = serviceId === undefined ? yield* findService({ serviceId, named }) : { serviceId };
    if ('verdict' in read) return absentIsRefused(read, 'no such service.');
    return fromUndoResponse(yield toPolicyRequest(read.serviceId, 'empty'));
  },
  find: listServices,
  check: { ...ovhCheck, run: checkedBy(toListRequest(), idsIn, fromErrorResponse) },
};

/** Reads the service by its number, or looks it up by its name first. */
function* findService(target: ResolvedOvhService): Exchange<ReadService | AbsentVerdict | NoVerdict> {
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

import * as v from 'valibot';
import { readBody, type CancelVerdict, type Exchange, type ProviderDefinition } from '../../src/provider/index.ts';
import { hetznerConfigSchema, type ResolvedHetznerConfig } from './config.ts';
import { listServices } from './find.ts';
import { hetznerCheck, hetznerProfile, type HetznerTypes } from './profile.ts';
import { toCancellationRequest, toReadRequest, toServersRequest, toUndoRequest, type HetznerOrder } from './request.ts';
import {
  checkOrder,
  fromCancellationResponse,
  fromErrorResponse,
  fromUndoResponse,
  readServer,
  toOptions,
} from './response.ts';
import { hetznerExtrasSchema, hetznerServiceSchema } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const hetznerDefinition: ProviderDefinition<HetznerTypes> = {
  ...hetznerProfile,
  config: hetznerConfigSchema,
  service: hetznerServiceSchema,
  extras: hetznerExtrasSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  secrets: ({ password, login }) => [password, login],
  cancel: cancelServer,
  *status(service, config) {
    const read = readServer(yield toReadRequest(service, config), service);
    return 'verdict' in read ? read : { verdict: 'found', status: read.status };
  },
  *options(service, config) {
    const read = readServer(yield toReadRequest(service, config), service);
    return 'verdict' in read ? read : toOptions(read);
  },
  *revoke(service, config) {
    return fromUndoResponse(yield toUndoRequest(service, config));
  },
  find: listServices,
  check: {
    ...hetznerCheck,
    *run(config) {
      const response = yield toServersRequest(config);
      const isList = response.status === 200 && readBody(response, v.array(v.unknown())) !== undefined;
      if (isList) return { verdict: 'accepted' };
      const verdict = fromErrorResponse(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
    },
  },
};

/** Reads first: the earliest possible date, the reasons and whether the location can be reserved are the server's own. */
function* cancelServer(order: HetznerOrder, config: ResolvedHetznerConfig): Exchange<CancelVerdict> {
  const server = readServer(yield toReadRequest(order.service, config), order.service);
  if ('verdict' in server) return server;
  const checked = checkOrder(server, order);
  if ('verdict' in checked) return checked;
  const response = yield toCancellationRequest(order, checked.earliest, config);
  return fromCancellationResponse(response, order, server.today);
}

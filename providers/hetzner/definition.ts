import {
  checkedBy,
  reading,
  type AbsentVerdict,
  type Exchange,
  type NoVerdict,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { hetznerConfigSchema } from './config.ts';
import { hetznerExtrasSchema } from './extras.ts';
import { listServices } from './find.ts';
import { hetznerCheck, hetznerProfile, type HetznerTypes } from './profile.ts';
import { toCancellationRequest, toReadRequest, toServersRequest, toUndoRequest } from './request.ts';
import {
  checkOrder,
  fromCancellationResponse,
  fromErrorResponse,
  fromUndoResponse,
  listIn,
  readServer,
  toOptions,
  type ReadServer,
} from './response.ts';
import { hetznerServiceSchema, type ResolvedHetznerService } from './service.ts';
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
  access: { headers: (_request, { login }) => ({ authorization: `Basic ${login}` }) },
  ...reading(read, toOptions),
  // Reads first: the earliest possible date, the reasons and whether the location can be reserved are the server's own.
  *cancel(order) {
    const server = yield* read(order.service);
    if ('verdict' in server) return server;
    const checked = checkOrder(server, order);
    if ('verdict' in checked) return checked;
    return fromCancellationResponse(yield toCancellationRequest(order, checked.earliest), order, server.today);
  },
  *revoke(service) {
    return fromUndoResponse(yield toUndoRequest(service));
  },
  find: listServices,
  check: { ...hetznerCheck, run: checkedBy(toServersRequest(), listIn, fromErrorResponse) },
};

function* read(service: ResolvedHetznerService): Exchange<ReadServer | AbsentVerdict | NoVerdict> {
  return readServer(yield toReadRequest(service), service);
}

import {
  checkedBy,
  reading,
  type AbsentVerdict,
  type Exchange,
  type NoVerdict,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { mittwaldConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { mittwaldCheck, mittwaldProfile, type MittwaldTypes } from './profile.ts';
import { toCustomersRequest, toServiceRequest, toTerminationRequest, toUndoRequest } from './request.ts';
import {
  fromErrorResponse,
  fromTerminationResponse,
  fromUndoResponse,
  listIn,
  readService,
  reasonNotToSend,
  toOptions,
  type ReadService,
} from './response.ts';
import { mittwaldServiceSchema, type MittwaldService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const mittwaldDefinition: ProviderDefinition<MittwaldTypes> = {
  ...mittwaldProfile,
  config: mittwaldConfigSchema,
  service: mittwaldServiceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  secrets: ({ token }) => [token],
  access: { headers: (_request, { token }) => ({ 'x-access-token': token }) },
  ...reading(read, toOptions),
  // Reads first: a second termination is not documented, and the first possible date is in the contract.
  *cancel(order) {
    const shown = yield* read(order.service);
    if ('verdict' in shown) return shown;
    const notSent = reasonNotToSend(shown, order.when);
    return (
      notSent ?? fromTerminationResponse(yield toTerminationRequest(order, shown.next?.value), order.service, shown)
    );
  },
  *revoke(service) {
    return fromUndoResponse(yield toUndoRequest(service));
  },
  find: listServices,
  check: { ...mittwaldCheck, run: checkedBy(toCustomersRequest(1), listIn, fromErrorResponse) },
};

function* read(service: MittwaldService): Exchange<ReadService | AbsentVerdict | NoVerdict> {
  return readService(yield toServiceRequest(service), service);
}

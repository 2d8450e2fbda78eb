import {
  checkedBy,
  oauthAccess,
  reading,
  type AbsentVerdict,
  type Exchange,
  type NoVerdict,
  type ReadState,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { contaboConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { contaboCheck, contaboProfile, type ContaboTypes } from './profile.ts';
import { toCancelRequest, toInstanceRequest, toInstancesRequest, toLoginRequest } from './request.ts';
import { fromCancelResponse, fromErrorResponse, listIn, readInstance, reasonNotToSend, toOptions } from './response.ts';
import { contaboServiceSchema, type ResolvedContaboService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const contaboDefinition: ProviderDefinition<ContaboTypes> = {
  ...contaboProfile,
  config: contaboConfigSchema,
  service: contaboServiceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  origins: ({ authUrl }) => ({ auth: authUrl }),
  access: oauthAccess(
    toLoginRequest,
    'the client id, its secret, the API user or its password is wrong. Check all four.',
  ),
  secrets: ({ clientSecret, password }) => [clientSecret, password],
  ...reading(read, toOptions),
  // Reads first: what a second cancellation does is not documented.
  *cancel(order) {
    const shown = yield* read(order.service);
    if ('verdict' in shown) return shown;
    return reasonNotToSend(shown) ?? fromCancelResponse(yield toCancelRequest(order), order.service);
  },
  find: listServices,
  check: { ...contaboCheck, run: checkedBy(toInstancesRequest(1, 1), listIn, fromErrorResponse) },
};

function* read(service: ResolvedContaboService): Exchange<ReadState | AbsentVerdict | NoVerdict> {
  return readInstance(yield toInstanceRequest(service), service);
}

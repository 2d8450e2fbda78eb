import * as v from 'valibot';
import {
  readBody,
  type CancelOrder,
  type CancelVerdict,
  type Exchange,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { contaboConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { contaboCheck, contaboProfile, type ContaboTypes } from './profile.ts';
import {
  toCancelRequest,
  toInstanceRequest,
  toInstancesRequest,
  toLoginRequest,
  type ContaboTiming,
} from './request.ts';
import {
  fromCancelResponse,
  fromErrorResponse,
  fromLoginResponse,
  readInstance,
  reasonNotToSend,
  toOptions,
} from './response.ts';
import { contaboServiceSchema, type ContaboInstanceReference } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const contaboDefinition: ProviderDefinition<ContaboTypes> = {
  ...contaboProfile,
  config: contaboConfigSchema,
  service: contaboServiceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  origins: ({ authUrl }) => ({ auth: authUrl }),
  access: {
    *obtain(config) {
      return fromLoginResponse(yield toLoginRequest(config));
    },
    headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
  },
  secrets: ({ clientSecret, password }) => [clientSecret, password],
  cancel: cancelInstance,
  *status(service) {
    const read = readInstance(yield toInstanceRequest(service), service);
    return 'verdict' in read ? read : { verdict: 'found', status: read };
  },
  *options(service) {
    const read = readInstance(yield toInstanceRequest(service), service);
    return 'verdict' in read ? read : toOptions(read);
  },
  find: listServices,
  check: {
    ...contaboCheck,
    *run() {
      const response = yield toInstancesRequest(1, 1);
      const list = response.status === 200 ? readBody(response, v.object({ data: v.array(v.unknown()) })) : undefined;
      if (list !== undefined) return { verdict: 'accepted' };
      const verdict = fromErrorResponse(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
    },
  },
};

/** Reads first: what a second cancellation does is not documented. */
function* cancelInstance(order: CancelOrder<ContaboInstanceReference, ContaboTiming>): Exchange<CancelVerdict> {
  const { service } = order;
  const read = readInstance(yield toInstanceRequest(service), service);
  if ('verdict' in read) return read;
  return reasonNotToSend(read) ?? fromCancelResponse(yield toCancelRequest(order), service);
}

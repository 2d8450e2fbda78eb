import * as v from 'valibot';
import {
  defineProvider,
  readBody,
  type Account,
  type CancelOrder,
  type CancelVerdict,
  type ConfigSource,
  type Exchange,
  type Provider,
} from '../../src/provider/index.ts';
import { contaboConfigSchema, contaboEnv, type ContaboConfig } from './config.ts';
import { listServices } from './find.ts';
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
import { contaboServiceSchema, type ContaboInstanceReference, type ContaboService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

export type { ContaboConfig } from './config.ts';
export type { ContaboTiming } from './request.ts';
export type { ContaboService } from './service.ts';

type ContaboOperation = 'cancel' | 'status' | 'options' | 'find';

/** Contabo's API. Its facts, their sources and the table of answers are in this folder's README. */
export const contaboProvider: Provider<'contabo', ContaboConfig, ContaboService, ContaboTiming, ContaboOperation> =
  defineProvider({
    specVersion: 2,
    id: 'contabo',
    capabilities: {
      timings: ['earliest', 'on_date'],
      reason: { field: 'no' },
      readBack: true,
      revoke: false,
      options: true,
      find: true,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'no',
    },
    config: contaboConfigSchema,
    env: contaboEnv,
    service: contaboServiceSchema,
    serviceForms: [{ example: { instanceId: 12345 }, plainId: /^\d+$/ }],
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
      reads: 'one instance of the list, after the login',
      basis: 'documented',
      leavesOpen: 'whether the roles of the API user allow cancelling',
      *run() {
        const response = yield toInstancesRequest(1, 1);
        const list = response.status === 200 ? readBody(response, v.object({ data: v.array(v.unknown()) })) : undefined;
        if (list !== undefined) return { verdict: 'accepted' };
        const verdict = fromErrorResponse(response);
        return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
      },
    },
  });

/** What {@link contabo} returns. */
export type ContaboAccount = Account<'contabo', ContaboService, ContaboTiming, ContaboOperation>;

/**
 * An account at Contabo.
 *
 * @param config the credentials of the API user, an (async) function that returns them, or nothing for the variables
 * `CONTABO_*`. Read at each call.
 */
export function contabo(config?: ConfigSource<ContaboConfig>): ContaboAccount {
  return contaboProvider.account(config);
}

/** Reads first: what a second cancellation does is not documented. */
function* cancelInstance(order: CancelOrder<ContaboInstanceReference, ContaboTiming>): Exchange<CancelVerdict> {
  const { service } = order;
  const read = readInstance(yield toInstanceRequest(service), service);
  if ('verdict' in read) return read;
  return reasonNotToSend(read) ?? fromCancelResponse(yield toCancelRequest(order), service);
}

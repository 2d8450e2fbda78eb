import {
  defineProvider,
  notAbsent,
  oauthVerdict,
  reading,
  type AbsentVerdict,
  type Account,
  type ConfigSource,
  type Exchange,
  type NoVerdict,
  type Provider,
  type ReadState,
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
import { fromCancelResponse, fromErrorResponse, listIn, readInstance, reasonNotToSend, toOptions } from './response.ts';
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
        return oauthVerdict(yield toLoginRequest(config), WRONG_LOGIN);
      },
      headers: (_request, _config, { token }) => ({ authorization: `Bearer ${token}` }),
    },
    secrets: ({ clientSecret, password }) => [clientSecret, password],
    ...reading(read, toOptions),
    // Reads first: what a second cancellation does is not documented.
    *cancel(order) {
      const shown = yield* read(order.service);
      if ('verdict' in shown) return shown;
      return reasonNotToSend(shown) ?? fromCancelResponse(yield toCancelRequest(order), order.service);
    },
    find: listServices,
    check: {
      reads: 'one instance of the list, after the login',
      basis: 'documented',
      leavesOpen: 'whether the roles of the API user allow cancelling',
      *run() {
        const response = yield toInstancesRequest(1, 1);
        return listIn(response) ? { verdict: 'accepted' } : notAbsent(fromErrorResponse(response));
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

const WRONG_LOGIN = 'the client id, its secret, the API user or its password is wrong. Check all four.';

function* read(service: ContaboInstanceReference): Exchange<ReadState | AbsentVerdict | NoVerdict> {
  return readInstance(yield toInstanceRequest(service), service);
}

import * as v from 'valibot';
import {
  defineProvider,
  readBody,
  type Account,
  type CancelVerdict,
  type ConfigSource,
  type Exchange,
  type Provider,
} from '../../src/provider/index.ts';
import { hetznerConfigSchema, hetznerEnv, type HetznerConfig, type ResolvedHetznerConfig } from './config.ts';
import { listServices } from './find.ts';
import {
  toCancellationRequest,
  toReadRequest,
  toServersRequest,
  toUndoRequest,
  type HetznerOrder,
  type HetznerTiming,
} from './request.ts';
import {
  checkOrder,
  fromCancellationResponse,
  fromErrorResponse,
  fromUndoResponse,
  readServer,
  toOptions,
} from './response.ts';
import { hetznerExtrasSchema, hetznerServiceSchema, type HetznerExtras, type HetznerService } from './service.ts';
import { whereToLook } from './where-to-look.ts';

export type { HetznerConfig } from './config.ts';
export type { HetznerTiming } from './request.ts';
export type { HetznerExtras, HetznerService } from './service.ts';

type HetznerOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** Hetzner Robot's web service. Its facts, their sources and the table of answers are in this folder's README. */
export const hetznerProvider: Provider<
  'hetzner',
  HetznerConfig,
  HetznerService,
  HetznerTiming,
  HetznerOperation,
  HetznerExtras | undefined
> = defineProvider({
  specVersion: 2,
  id: 'hetzner',
  capabilities: {
    timings: ['immediate', 'earliest', 'on_date'],
    // The field takes one of the reasons that the API lists for the server; whether it takes others is not documented.
    reason: { field: 'no', codes: 'listed' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    extras: {
      reserveLocation: {
        type: 'boolean',
        description: 'Keeps the location in the data centre reserved. Required if options() says so.',
      },
    },
    immediateDestroysData: 'yes',
    recognizesRepeat: 'documented',
    concurrency: 1,
  },
  config: hetznerConfigSchema,
  env: hetznerEnv,
  service: hetznerServiceSchema,
  serviceForms: [{ example: { serverNumber: 2041001 }, plainId: /^[1-9]\d{0,14}$/ }],
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
    reads: 'the list of servers',
    basis: 'documented',
    leavesOpen: 'whether the user may cancel',
    *run(config) {
      const response = yield toServersRequest(config);
      const isList = response.status === 200 && readBody(response, v.array(v.unknown())) !== undefined;
      if (isList) return { verdict: 'accepted' };
      const verdict = fromErrorResponse(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
    },
  },
});

/** What {@link hetzner} returns. */
export type HetznerAccount = Account<
  'hetzner',
  HetznerService,
  HetznerTiming,
  HetznerOperation,
  HetznerExtras | undefined
>;

/**
 * An account at Hetzner Robot.
 *
 * @param config the login, an (async) function that returns it, or nothing for `HETZNER_USER` and `HETZNER_PASSWORD`.
 * Read at each call.
 */
export function hetzner(config?: ConfigSource<HetznerConfig>): HetznerAccount {
  return hetznerProvider.account(config);
}

/** Reads first: the earliest possible date, the reasons and whether the location can be reserved are the server's own. */
function* cancelServer(order: HetznerOrder, config: ResolvedHetznerConfig): Exchange<CancelVerdict> {
  const server = readServer(yield toReadRequest(order.service, config), order.service);
  if ('verdict' in server) return server;
  const checked = checkOrder(server, order);
  if ('verdict' in checked) return checked;
  const response = yield toCancellationRequest(order, checked.earliest, config);
  return fromCancellationResponse(response, order, server.today);
}

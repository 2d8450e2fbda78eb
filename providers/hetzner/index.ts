import {
  defineProvider,
  notAbsent,
  reading,
  type AbsentVerdict,
  type Account,
  type ConfigSource,
  type Exchange,
  type NoVerdict,
  type Provider,
} from '../../src/provider/index.ts';
import { hetznerConfigSchema, hetznerEnv, type HetznerConfig } from './config.ts';
import { listServices } from './find.ts';
import {
  toCancellationRequest,
  toReadRequest,
  toServersRequest,
  toUndoRequest,
  type HetznerTiming,
} from './request.ts';
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
import {
  hetznerExtrasSchema,
  hetznerServiceSchema,
  type HetznerExtras,
  type HetznerService,
  type ResolvedHetznerService,
} from './service.ts';
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
  check: {
    reads: 'the list of servers',
    basis: 'documented',
    leavesOpen: 'whether the user may cancel',
    *run() {
      const response = yield toServersRequest();
      return listIn(response) ? { verdict: 'accepted' } : notAbsent(fromErrorResponse(response));
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

function* read(service: ResolvedHetznerService): Exchange<ReadServer | AbsentVerdict | NoVerdict> {
  return readServer(yield toReadRequest(service), service);
}

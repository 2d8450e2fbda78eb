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
import { mittwaldConfigSchema, mittwaldEnv, type MittwaldConfig } from './config.ts';
import { listServices } from './find.ts';
import {
  toCustomersRequest,
  toServiceRequest,
  toTerminationRequest,
  toUndoRequest,
  type MittwaldTiming,
} from './request.ts';
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

export type { MittwaldConfig } from './config.ts';
export type { MittwaldTiming } from './request.ts';
export type { MittwaldService } from './service.ts';

type MittwaldOperation = 'cancel' | 'status' | 'revoke' | 'options' | 'find';

/** mittwald's API. Its facts, their sources and the table of answers are in this folder's README. */
export const mittwaldProvider: Provider<
  'mittwald',
  MittwaldConfig,
  MittwaldService,
  MittwaldTiming,
  MittwaldOperation
> = defineProvider({
  specVersion: 2,
  id: 'mittwald',
  capabilities: {
    timings: ['earliest', 'on_date'],
    reason: { field: 'optional' },
    readBack: true,
    revoke: true,
    options: true,
    find: true,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'no',
  },
  config: mittwaldConfigSchema,
  env: mittwaldEnv,
  service: mittwaldServiceSchema,
  serviceForms: [
    { example: { contractId: 'V1000000' }, plainId: /^(?:V\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i },
    {
      example: {
        contractId: 'f7a81a3e-6b2c-4d5e-8f90-1a2b3c4d5e6f',
        contractItemId: '0c9d8e7f-1a2b-4c3d-9e4f-5a6b7c8d9e0f',
      },
    },
  ],
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
  check: {
    reads: 'one customer of the list',
    basis: 'inferred',
    leavesOpen: 'whether the token may write, which cancelling needs',
    *run() {
      const response = yield toCustomersRequest(1);
      return listIn(response) ? { verdict: 'accepted' } : notAbsent(fromErrorResponse(response));
    },
  },
});

/** What {@link mittwald} returns. */
export type MittwaldAccount = Account<'mittwald', MittwaldService, MittwaldTiming, MittwaldOperation>;

/**
 * An account at mittwald.
 *
 * @param config the token, an (async) function that returns it, or nothing for `MITTWALD_TOKEN`. Read at each call.
 */
export function mittwald(config?: ConfigSource<MittwaldConfig>): MittwaldAccount {
  return mittwaldProvider.account(config);
}

function* read(service: MittwaldService): Exchange<ReadService | AbsentVerdict | NoVerdict> {
  return readService(yield toServiceRequest(service), service);
}

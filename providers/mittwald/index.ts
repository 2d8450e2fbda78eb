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
import { mittwaldConfigSchema, mittwaldEnv, type MittwaldConfig, type ResolvedMittwaldConfig } from './config.ts';
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
  readService,
  reasonNotToSend,
  toOptions,
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
  cancel: terminate,
  *status(service, config) {
    const read = readService(yield toServiceRequest(service, config), service);
    return 'verdict' in read ? read : { verdict: 'found', status: read.status };
  },
  *options(service, config) {
    const read = readService(yield toServiceRequest(service, config), service);
    return 'verdict' in read ? read : toOptions(read);
  },
  *revoke(service, config) {
    return fromUndoResponse(yield toUndoRequest(service, config));
  },
  find: listServices,
  check: {
    reads: 'one customer of the list',
    basis: 'inferred',
    leavesOpen: 'whether the token may write, which cancelling needs',
    *run(config) {
      const response = yield toCustomersRequest(config, 1);
      const isList = response.status === 200 && readBody(response, v.array(v.unknown())) !== undefined;
      if (isList) return { verdict: 'accepted' };
      const verdict = fromErrorResponse(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
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

/** Reads first: a second termination is not documented, and the first possible date is in the contract. */
function* terminate(
  order: CancelOrder<MittwaldService, MittwaldTiming>,
  config: ResolvedMittwaldConfig,
): Exchange<CancelVerdict> {
  const { service, when } = order;
  const read = readService(yield toServiceRequest(service, config), service);
  if ('verdict' in read) return read;
  const notSent = reasonNotToSend(read, when);
  if (notSent !== undefined) return notSent;
  return fromTerminationResponse(yield toTerminationRequest(order, read.next?.value, config), service, read);
}

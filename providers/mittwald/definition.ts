import * as v from 'valibot';
import {
  readBody,
  type CancelOrder,
  type CancelVerdict,
  type Exchange,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { mittwaldConfigSchema, type ResolvedMittwaldConfig } from './config.ts';
import { listServices } from './find.ts';
import { mittwaldCheck, mittwaldProfile, type MittwaldTypes } from './profile.ts';
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

/** What the adapter does. */
export const mittwaldDefinition: ProviderDefinition<MittwaldTypes> = {
  ...mittwaldProfile,
  config: mittwaldConfigSchema,
  service: mittwaldServiceSchema,
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
    ...mittwaldCheck,
    *run(config) {
      const response = yield toCustomersRequest(config, 1);
      const isList = response.status === 200 && readBody(response, v.array(v.unknown())) !== undefined;
      if (isList) return { verdict: 'accepted' };
      const verdict = fromErrorResponse(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
    },
  },
};

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

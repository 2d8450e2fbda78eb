import type { ProviderDefinition } from '../../src/provider/index.ts';
import { hostbillAccess, secretsOf } from './access.ts';
import { fromNo } from './answer.ts';
import { hostbillConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { hostbillCheck, hostbillProfile, type HostbillTypes } from './profile.ts';
import { toCancelRequest, toListRequest, toServiceRequest } from './request.ts';
import { fromCancelResponse, listIn, readService, toOptions } from './response.ts';
import { hostbillServiceSchema } from './service.ts';
import { whereToLook } from './where-to-look.ts';

/** What the adapter does. */
export const hostbillDefinition: ProviderDefinition<HostbillTypes> = {
  ...hostbillProfile,
  config: hostbillConfigSchema,
  service: hostbillServiceSchema,
  baseUrl: ({ baseUrl }) => baseUrl,
  whereToLook,
  secrets: ({ credentials }) => secretsOf(credentials),
  access: hostbillAccess,
  escapesHtml: true,
  *cancel(order, config) {
    return fromCancelResponse(yield toCancelRequest(order), order, config);
  },
  *status(service) {
    const read = readService(yield toServiceRequest(service), service);
    return 'verdict' in read ? read : { verdict: 'found', status: read.status };
  },
  *options(service) {
    const read = readService(yield toServiceRequest(service), service);
    return 'verdict' in read ? read : toOptions(read);
  },
  find: listServices,
  check: {
    ...hostbillCheck,
    *run() {
      const response = yield toListRequest();
      if (listIn(response) !== undefined) return { verdict: 'accepted' };
      const verdict = fromNo(response);
      return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
    },
  },
};

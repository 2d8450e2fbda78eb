import {
  checkedBy,
  reading,
  type AbsentVerdict,
  type Exchange,
  type NoVerdict,
  type ProviderDefinition,
} from '../../src/provider/index.ts';
import { hostbillAccess, secretsOf } from './access.ts';
import { fromNo } from './answer.ts';
import { hostbillConfigSchema } from './config.ts';
import { listServices } from './find.ts';
import { hostbillCheck, hostbillProfile, type HostbillTypes } from './profile.ts';
import { toCancelRequest, toListRequest, toServiceRequest } from './request.ts';
import { fromCancelResponse, listIn, readService, toOptions, type ShownService } from './response.ts';
import { hostbillServiceSchema, type ResolvedHostbillService } from './service.ts';
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
  ...reading(read, toOptions),
  find: listServices,
  check: { ...hostbillCheck, run: checkedBy(toListRequest(), listIn, fromNo) },
};

function* read(service: ResolvedHostbillService): Exchange<ShownService | AbsentVerdict | NoVerdict> {
  return readService(yield toServiceRequest(service), service);
}

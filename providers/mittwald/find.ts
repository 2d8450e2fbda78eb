import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  listedPage,
  notAbsent,
  readBody,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type ListedService,
} from '../../src/provider/index.ts';
import { toContractsRequest, toCustomersRequest } from './request.ts';
import { fromErrorResponse, listIn, terminationIn } from './response.ts';
import type { MittwaldService } from './service.ts';

const PAGE_SIZE = 50;
// As many customers as one search goes through: each is a list of its own.
const MAX_CUSTOMERS = 1000;

const customersSchema = v.array(v.object({ customerId: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)) }));
const contractSchema = v.object({
  contractId: v.string(),
  contractNumber: text,
  termination: v.optional(v.unknown()),
  baseItem: v.fallback(v.optional(v.object({ description: text })), undefined),
  additionalItems: v.fallback(v.optional(v.array(v.unknown())), undefined),
});
const itemSchema = v.object({ description: v.string() });

/**
 * `GET /v2/customers`, then `GET /v2/customers/{customerId}/contracts` of each. The cursor holds how many contracts of
 * the first customer were read, and the customers that are left.
 */
export function* listServices({ cursor }: FindQuery): Exchange<FindVerdict<MittwaldService>> {
  let customers: readonly string[];
  let skip = 0;
  if (cursor === undefined) {
    const response = yield toCustomersRequest(MAX_CUSTOMERS);
    const read = response.status === 200 ? readBody(response, customersSchema) : undefined;
    if (read === undefined) return notAbsent(fromErrorResponse(response));
    customers = [...new Set(read.map(({ customerId }) => customerId))];
  } else {
    const [read = '0', ...left] = cursor.split(' ');
    skip = Number(read);
    customers = left;
  }
  const [customer, ...others] = customers;
  if (customer === undefined) return listedPage([], serviceIn);
  const response = yield toContractsRequest(customer, skip, PAGE_SIZE);
  const entries = listIn(response);
  if (entries === undefined) return notAbsent(fromErrorResponse(response));
  const further = entries.length < PAGE_SIZE ? others : customers;
  const next = [entries.length < PAGE_SIZE ? 0 : skip + entries.length, ...further].join(' ');
  return listedPage(entries, serviceIn, further.length === 0 ? undefined : next);
}

function serviceIn(entry: unknown): ListedService<MittwaldService> | undefined {
  const parsed = v.safeParse(contractSchema, entry);
  if (!parsed.success) return undefined;
  const { contractId, contractNumber, termination, baseItem, additionalItems = [] } = parsed.output;
  const { state, effectiveAt } = terminationIn(termination);
  const items = additionalItems.flatMap((one) => {
    const item = v.safeParse(itemSchema, one);
    return item.success ? [item.output.description] : [];
  });
  const names = [baseItem?.description, contractNumber].filter((one) => one !== undefined);
  return {
    service: { contractId },
    name: names[0] ?? contractId,
    alsoKnownAs: [...names, ...items],
    // The contract has no word for whether it runs.
    state: 'unknown',
    ...defined({ endsOn: effectiveAt }),
    cancellation: { state, ...defined({ effectiveAt }) },
  };
}

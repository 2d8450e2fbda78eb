import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  listedPage,
  notAbsent,
  readBody,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type FoundCancellation,
  type ListedService,
  type ProviderResponse,
  type ServiceState,
} from '../../src/provider/index.ts';
import { fromErrorResponse } from './answer.ts';
import { shownInstanceStatus, shownProductStatus } from './contract.ts';
import { toInstancesRequest, toProductsRequest } from './request.ts';
import type { LeasewebService } from './service.ts';

const PAGE_SIZE = 50;

const number = v.fallback(v.optional(v.object({ totalCount: v.number() })), undefined);
const productsSchema = v.pipe(
  v.object({ services: v.array(v.unknown()), metadata: number }),
  v.transform(({ services, metadata }) => ({ entries: services, total: metadata?.totalCount })),
);
const instancesSchema = v.pipe(
  v.object({ instances: v.array(v.unknown()), _metadata: number }),
  v.transform(({ instances, _metadata }) => ({ entries: instances, total: _metadata?.totalCount })),
);

const productSchema = v.object({
  id: shownId,
  reference: text,
  productId: text,
  equipmentId: text,
  status: text,
  contractTermEndDate: text,
});
const instanceSchema = v.object({
  id: v.string(),
  reference: text,
  state: text,
  ips: v.fallback(v.optional(v.array(v.unknown())), undefined),
  contract: v.fallback(v.optional(v.object({ renewalsAt: text })), undefined),
});
const addressSchema = v.object({ ip: v.string() });

/**
 * `GET /services`, then `GET /instances`. Their filters take whole references and addresses. If the key
 * may not use Public Cloud, its instances count as one entry that cannot be read.
 */
export function* listServices({ cursor = 'services 0' }: FindQuery): Exchange<FindVerdict<LeasewebService>> {
  const [kind = '', start = ''] = cursor.split(' ');
  const offset = Number(start);
  const isProducts = kind === 'services';
  const response: ProviderResponse = yield isProducts
    ? toProductsRequest(offset, PAGE_SIZE)
    : toInstancesRequest(offset, PAGE_SIZE);
  const schema = isProducts ? productsSchema : instancesSchema;
  const read = response.status === 200 ? readBody<Page>(response, schema) : undefined;
  if (read === undefined) {
    const verdict = fromErrorResponse(response);
    const isShut = verdict.verdict === 'refused' && verdict.code === 'forbidden';
    if (!isProducts && isShut) return { verdict: 'listed', services: [], unreadable: 1 };
    return notAbsent(verdict);
  }
  const end = offset + read.entries.length;
  const isLast = read.entries.length === 0 || (read.total !== undefined && end >= read.total);
  const next = isLast ? (isProducts ? 'instances 0' : undefined) : `${kind} ${end}`;
  return listedPage(read.entries, isProducts ? productIn : instanceIn, next);
}

interface Page {
  readonly entries: readonly unknown[];
  readonly total: number | undefined;
}

function productIn(entry: unknown): ListedService<LeasewebService> | undefined {
  const parsed = v.safeParse(productSchema, entry);
  if (!parsed.success) return undefined;
  const { id, reference, productId, equipmentId, status, contractTermEndDate } = parsed.output;
  const cancellation = shownProductStatus(entry);
  return {
    service: { serviceId: id },
    name: reference || equipmentId || id,
    alsoKnownAs: [equipmentId, productId].filter((one) => one !== undefined),
    state: STATES.get(status ?? '') ?? 'unknown',
    ...defined({ stateText: status, nextDueDate: effectiveAt(contractTermEndDate) }),
    ...ending(cancellation),
  };
}

function instanceIn(entry: unknown): ListedService<LeasewebService> | undefined {
  const parsed = v.safeParse(instanceSchema, entry);
  if (!parsed.success) return undefined;
  const { id, reference, state, ips = [], contract } = parsed.output;
  const addresses = ips.flatMap((one) => {
    const address = v.safeParse(addressSchema, one);
    return address.success ? [address.output.ip] : [];
  });
  return {
    service: { instanceId: id },
    name: reference || addresses[0] || id,
    alsoKnownAs: addresses,
    state: STATES.get(state ?? '') ?? 'unknown',
    ...defined({ stateText: state, nextDueDate: effectiveAt(contract?.renewalsAt) }),
    ...ending(shownInstanceStatus(entry)),
  };
}

function ending(shown: FoundCancellation | undefined): Pick<ListedService, 'endsOn' | 'cancellation'> {
  if (shown === undefined || shown.state === 'unknown') return {};
  const { state, when, effectiveAt: at } = shown;
  return { ...defined({ endsOn: at }), cancellation: { state, ...defined({ when, effectiveAt: at }) } };
}

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['ACTIVE', 'active'],
  ['RUNNING', 'active'],
  ['STOPPED', 'active'],
  ['CREATING', 'pending'],
  ['DESTROYED', 'ended'],
]);

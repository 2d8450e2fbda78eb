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
  type ProviderResponse,
  type ServiceState,
} from '../../src/provider/index.ts';
import { toListRequest, toServiceRequest } from './request.ts';
import { fromErrorResponse, idsIn, readService } from './response.ts';
import type { OvhProduct, OvhService } from './service.ts';

/** How many services are read for a page. */
const PAGE_SIZE = 20;

const shownSchema = v.object({
  resource: v.fallback(v.nullish(v.object({ name: text, displayName: text })), undefined),
  route: v.fallback(v.nullish(v.object({ path: text })), undefined),
  billing: v.object({ lifecycle: v.fallback(v.nullish(v.object({ current: v.object({ state: text }) })), undefined) }),
});

interface Read {
  readonly id: number;
  readonly response: ProviderResponse;
}

/**
 * `GET /services`, which lists ids alone, then each service: the documented filter `resourceName` takes whole names.
 * The cursor holds the ids that have not been read.
 */
export function* listServices({ cursor }: FindQuery): Exchange<FindVerdict<OvhService>> {
  let ids: readonly number[] | undefined = cursor?.split(' ').map(Number);
  if (ids === undefined) {
    const response = yield toListRequest();
    const listed = idsIn(response);
    if (listed === undefined) return notAbsent(fromErrorResponse(response));
    ids = [...new Set(listed)];
  }
  const entries: Read[] = [];
  for (const id of ids.slice(0, PAGE_SIZE)) {
    const response: ProviderResponse = yield toServiceRequest(id);
    const verdict = response.status === 200 ? undefined : fromErrorResponse(response);
    // A service that has disappeared since it was listed is left out.
    if (verdict === undefined) entries.push({ id, response });
    else if (verdict.verdict !== 'absent') return verdict;
  }
  const rest = ids.slice(PAGE_SIZE);
  return listedPage(entries, serviceIn, rest.length === 0 ? undefined : rest.join(' '));
}

function serviceIn({ id, response }: Read): ListedService<OvhService> | undefined {
  const read = readService(response, id, { serviceId: id, named: undefined });
  const shown = readBody(response, shownSchema);
  if ('verdict' in read || shown === undefined) return undefined;
  const { resource, route, billing } = shown;
  const name = resource?.name;
  const product = PRODUCTS.get(route?.path ?? '');
  const { state, when, effectiveAt } = read.status;
  const stateText = billing.lifecycle?.current.state;
  return {
    service:
      name !== undefined && product !== undefined ? { serviceId: id, serviceName: name, product } : { serviceId: id },
    name: resource?.displayName || name || String(id),
    alsoKnownAs: name === undefined ? [] : [name],
    state: STATES.get(stateText ?? '') ?? 'unknown',
    ...defined({ stateText, nextDueDate: read.dates.end_of_period, endsOn: effectiveAt }),
    cancellation: { state, ...defined({ when, effectiveAt }) },
  };
}

const PRODUCTS: ReadonlyMap<string, OvhProduct> = new Map([
  ['/vps/{serviceName}', 'vps'],
  ['/dedicated/server/{serviceName}', 'dedicated/server'],
]);

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['active', 'active'],
  ['toRenew', 'active'],
  ['inCreation', 'pending'],
  ['unpaid', 'suspended'],
  ['terminated', 'ended'],
]);

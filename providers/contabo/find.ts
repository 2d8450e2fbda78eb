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
  type ServiceState,
} from '../../src/provider/index.ts';
import { toInstancesRequest } from './request.ts';
import { fromErrorResponse, listIn, stateOf } from './response.ts';
import type { ContaboService } from './service.ts';

const PAGE_SIZE = 50;

const address = v.fallback(v.optional(v.object({ ip: text })), undefined);
const entrySchema = v.object({
  instanceId: v.union([v.number(), v.string()]),
  name: text,
  displayName: text,
  status: text,
  cancelDate: v.fallback(v.nullish(v.string()), undefined),
  ipConfig: v.fallback(v.optional(v.object({ v4: address, v6: address })), undefined),
});

/** `GET /v1/compute/instances`, one page. */
export function* listServices({ cursor = '1' }: FindQuery): Exchange<FindVerdict<ContaboService>> {
  const page = Number(cursor);
  const response = yield toInstancesRequest(page, PAGE_SIZE);
  const entries = listIn(response);
  if (entries === undefined) return notAbsent(fromErrorResponse(response));
  // A server may give fewer than it was asked for: only an empty page is certainly beyond the end.
  const isLast = entries.length === 0 || readBody(response, pagingSchema)?._pagination.totalPages === page;
  return listedPage(entries, serviceIn, isLast ? undefined : String(page + 1));
}

const pagingSchema = v.object({ _pagination: v.object({ totalPages: v.number() }) });

function serviceIn(entry: unknown): ListedService<ContaboService> | undefined {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return undefined;
  const { instanceId, name, displayName, status, cancelDate, ipConfig } = parsed.output;
  const { state, effectiveAt: at } = stateOf(cancelDate ?? '');
  const known = [name, displayName, ipConfig?.v4?.ip, ipConfig?.v6?.ip];
  return {
    service: { instanceId },
    name: displayName || name || String(instanceId),
    alsoKnownAs: known.filter((one) => typeof one === 'string'),
    state: STATES.get(status ?? '') ?? 'unknown',
    ...defined({
      stateText: status,
      endsOn: at,
      // Without the field, nothing is known.
      cancellation: cancelDate === undefined ? undefined : { state, ...defined({ effectiveAt: at }) },
    }),
  };
}

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['running', 'active'],
  ['stopped', 'active'],
  ['provisioning', 'pending'],
  ['installing', 'pending'],
  ['pending_payment', 'pending'],
]);

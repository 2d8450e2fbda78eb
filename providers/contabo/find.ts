import * as v from 'valibot';
import {
  defined,
  listedPage,
  readBody,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type ListedService,
  type ServiceState,
} from '../../src/provider/index.ts';
import { toInstancesRequest } from './request.ts';
import { fromErrorResponse, stateOf } from './response.ts';
import type { ContaboService } from './service.ts';

const PAGE_SIZE = 50;

const text = v.fallback(v.optional(v.nullable(v.string())), undefined);
const address = v.fallback(v.optional(v.object({ ip: text })), undefined);
const entrySchema = v.object({
  instanceId: v.union([v.number(), v.string()]),
  name: text,
  displayName: text,
  status: text,
  cancelDate: text,
  ipConfig: v.fallback(v.optional(v.object({ v4: address, v6: address })), undefined),
});
const pageSchema = v.object({ data: v.array(v.unknown()) });

/** `GET /v1/compute/instances`, one page. */
export function* listServices({ cursor = '1' }: FindQuery): Exchange<FindVerdict<ContaboService>> {
  const page = Number(cursor);
  const response = yield toInstancesRequest(page, PAGE_SIZE);
  const read = response.status === 200 ? readBody(response, pageSchema) : undefined;
  if (read !== undefined) {
    // A server may give fewer than it was asked for: only an empty page is certainly beyond the end.
    const next = read.data.length === 0 ? undefined : String(page + 1);
    return listedPage(read.data, serviceIn, totalPages(response.body) === page ? undefined : next);
  }
  const verdict = fromErrorResponse(response);
  return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
}

function totalPages(body: object): number | undefined {
  const parsed = v.safeParse(
    v.object({ value: v.object({ _pagination: v.object({ totalPages: v.number() }) }) }),
    body,
  );
  return parsed.success ? parsed.output.value._pagination.totalPages : undefined;
}

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
      stateText: status ?? undefined,
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

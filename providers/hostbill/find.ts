import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  listedPage,
  notAbsent,
  type Exchange,
  type FindVerdict,
  type ListedService,
  type ServiceState,
} from '../../src/provider/index.ts';
import { fromNo } from './answer.ts';
import { toListRequest } from './request.ts';
import { listIn, stateOf } from './response.ts';
import type { HostbillService } from './service.ts';

const entrySchema = v.object({
  id: shownId,
  domain: text,
  name: text,
  status: text,
  next_due: text,
});

/** `GET /service`: all of them in one answer, without a filter. */
export function* listServices(): Exchange<FindVerdict<HostbillService>> {
  const response = yield toListRequest();
  const entries = listIn(response);
  return entries === undefined ? notAbsent(fromNo(response)) : listedPage(entries, serviceIn);
}

function serviceIn(entry: unknown): ListedService<HostbillService> | undefined {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return undefined;
  const { id, domain, name, status, next_due } = parsed.output;
  const cancellation = stateOf(status ?? '');
  return {
    service: { serviceId: id },
    name: domain || name || id,
    alsoKnownAs: [domain, name].filter((one) => one !== undefined),
    state: STATES.get(status ?? '') ?? 'unknown',
    ...defined({
      stateText: status,
      nextDueDate: effectiveAt(next_due),
      // A running service may have a cancellation: the API does not show it.
      cancellation: cancellation === 'unknown' ? undefined : { state: cancellation },
    }),
  };
}

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['Pending', 'pending'],
  ['Active', 'active'],
  ['Suspended', 'suspended'],
  ['Terminated', 'ended'],
]);

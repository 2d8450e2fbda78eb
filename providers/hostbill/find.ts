import * as v from 'valibot';
import {
  calendarDay,
  defined,
  listedPage,
  type Exchange,
  type FindVerdict,
  type ListedService,
  type ServiceState,
} from '../../src/provider/index.ts';
import { fromNo } from './answer.ts';
import { toListRequest } from './request.ts';
import { listIn, stateOf } from './response.ts';
import type { HostbillService } from './service.ts';

const text = v.fallback(v.optional(v.nullable(v.string())), undefined);
const entrySchema = v.object({
  id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
  domain: text,
  name: text,
  status: text,
  next_due: text,
});

/** `GET /service`: all of them in one answer, without a filter. */
export function* listServices(): Exchange<FindVerdict<HostbillService>> {
  const response = yield toListRequest();
  const entries = listIn(response);
  if (entries !== undefined) return listedPage(entries, serviceIn);
  const verdict = fromNo(response);
  return verdict.verdict === 'absent' ? { verdict: 'unrecognized' } : verdict;
}

function serviceIn(entry: unknown): ListedService<HostbillService> | undefined {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return undefined;
  const { id, domain, name, status, next_due } = parsed.output;
  const due = calendarDay(next_due ?? undefined);
  const cancellation = stateOf(status ?? '');
  return {
    service: { serviceId: id },
    name: domain || name || id,
    alsoKnownAs: [domain, name].filter((one) => typeof one === 'string'),
    state: STATES.get(status ?? '') ?? 'unknown',
    ...defined({
      stateText: status ?? undefined,
      nextDueDate: due === undefined ? undefined : ({ value: due, precision: 'date', source: 'provider' } as const),
      // A running one may be cancelled all the same: the API does not show that.
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

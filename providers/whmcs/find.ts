import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  listedPage,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type ListedService,
  type ServiceState,
} from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer } from './answer.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import { toServicesRequest } from './request.ts';
import type { WhmcsService } from './service.ts';
import { countOf, dayIn, listIn } from './status.ts';

// Entries carry every field that an order has; a page of these is well below what a response may hold.
const PAGE_SIZE = 50;
const SMALLEST_PAGE = 5;

/** Only what is shown or searched by: an entry also holds the client's number, the login and the service's password. */
const entrySchema = v.object({
  id: shownId,
  domain: text,
  name: text,
  dedicatedip: text,
  status: text,
  nextduedate: text,
});

/** Action `GetClientsProducts`, one page of every client's services: it documents no filter by a part of a name. */
export function* listServices(
  { cursor = '0' }: FindQuery,
  config: ResolvedWhmcsConfig,
): Exchange<FindVerdict<WhmcsService>> {
  const start = Number(cursor);
  for (let size = PAGE_SIZE; ; size = Math.max(SMALLEST_PAGE, Math.floor(size / 3))) {
    const response = yield toServicesRequest(start, size, config);
    if (response.body.kind === 'too_large' && size > SMALLEST_PAGE) continue;
    const answer = readAnswer(response);
    if (answer === undefined) return { verdict: 'unrecognized' };
    if (answer.result === 'error') return fromErrorAnswer(response.status, answer);
    const entries = listIn(answer, 'products', 'product');
    if (entries === undefined) return { verdict: 'unrecognized' };
    const total = countOf(answer['totalresults']);
    const end = start + entries.length;
    const isLast = entries.length === 0 || (total !== undefined && end >= total);
    return listedPage(entries, serviceIn, isLast ? undefined : String(end));
  }
}

function serviceIn(entry: unknown): ListedService<WhmcsService> | undefined {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return undefined;
  const { id, domain, name, dedicatedip, status, nextduedate } = parsed.output;
  return {
    service: { serviceId: id },
    name: domain || dedicatedip || name || id,
    alsoKnownAs: [dedicatedip, name].filter((one) => one !== undefined),
    state: STATES.get((status ?? '').toLowerCase()) ?? 'unknown',
    ...defined({ stateText: status, nextDueDate: effectiveAt(dayIn(nextduedate)) }),
  };
}

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['pending', 'pending'],
  ['active', 'active'],
  ['suspended', 'suspended'],
  ['terminated', 'ended'],
  ['cancelled', 'ended'],
  ['completed', 'ended'],
]);

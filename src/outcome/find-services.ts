import { isDeepStrictEqual } from 'node:util';
import type { AccountInternals, ConfiguredFind } from '../accounts/account-internals.ts';
import type { Call } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { FindResult, FoundCancellation, FoundService, ListedService } from '../contract/find.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { judgeNo } from '../sending/judge-no.ts';
import { runRead } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { withoutPastSchedule } from './past-date.ts';

/** What is searched for. */
export interface Wanted {
  readonly query: string;
  readonly limit: number;
}

// More pages than any list that a person searches; a provider that never ends one must not be asked for ever.
const MAX_PAGES = 100;

/**
 * Reads an account's list page by page, and selects what matches.
 *
 * @throws ProviderError
 */
export async function findServices(
  { list }: Pick<ConfiguredFind, 'list'>,
  bind: AccountInternals['bind'],
  { query, limit }: Wanted,
  call: Call,
  context: SendContext,
): Promise<Pick<FindResult, 'services' | 'truncated' | 'unreadable'>> {
  const matches = matcher(query);
  const services: FoundService[] = [];
  const keys = new Set<string>();
  const cursors = new Set<string | undefined>();
  let unreadable = 0;
  let cursor: string | undefined;
  do {
    cursors.add(cursor);
    const exchange = list({ text: query, cursor, matches });
    const { verdict, response } = await runRead(exchange, call, context);
    if (verdict.verdict !== 'listed') throw call.error(judgeNo(verdict, response));
    const known = keys.size;
    unreadable += verdict.unreadable ?? 0;
    for (const listed of verdict.services) {
      const found = withoutSecrets(listed, call.redactor, response);
      const bound = await bind(listed.service);
      if (found === undefined || !bound.ok) unreadable += 1;
      else if (!keys.has(bound.value.key)) {
        keys.add(bound.value.key);
        if (!matches(listed.name, ...(listed.alsoKnownAs ?? []), ...idsOf(listed.service))) continue;
        if (services.length === limit) return { services, truncated: true, unreadable };
        services.push(found);
      }
    }
    // A provider that takes no notice of the page that it is asked for.
    const isRepeated = verdict.services.length > 0 && keys.size === known;
    if (isRepeated && verdict.next !== undefined) return { services, truncated: true, unreadable };
    cursor = verdict.next;
  } while (cursor !== undefined && cursors.size < MAX_PAGES && !cursors.has(cursor));
  return { services, truncated: cursor !== undefined, unreadable };
}

/** Whether one of several texts contains what is searched for, whatever its case. */
function matcher(query: string): (...texts: readonly string[]) => boolean {
  const wanted = folded(query);
  return (...texts) => texts.some((text) => folded(text).includes(wanted));
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function idsOf(service: unknown): readonly string[] {
  if (typeof service !== 'object' || service === null) return [];
  return Object.values(service).flatMap((id) => (typeof id === 'string' || typeof id === 'number' ? [String(id)] : []));
}

/**
 * Only these fields: an adapter's object may have more than its type says. `undefined` if a secret stands in the
 * reference: without it, the reference would name another service.
 */
function withoutSecrets(
  { service, name, state, stateText, nextDueDate, endsOn, cancellation }: ListedService,
  redactor: Redactor,
  response: ProviderResponse,
): FoundService | undefined {
  if (!isDeepStrictEqual(redactor.data(service), service)) return undefined;
  return {
    service,
    name: redactor.message(name),
    state,
    ...(stateText === undefined ? {} : { stateText: redactor.message(stateText) }),
    ...(nextDueDate === undefined ? {} : { nextDueDate: redactor.date(nextDueDate) }),
    ...(endsOn === undefined ? {} : { endsOn: redactor.date(endsOn) }),
    ...(cancellation === undefined ? {} : { cancellation: cancellationOf(cancellation, redactor, response) }),
  };
}

function cancellationOf(listed: FoundCancellation, redactor: Redactor, response: ProviderResponse): FoundCancellation {
  const { state, when, effectiveAt } = withoutPastSchedule({ ...listed, revocable: false, raw: undefined }, response);
  return {
    state,
    ...(when === undefined ? {} : { when }),
    ...(effectiveAt === undefined ? {} : { effectiveAt: redactor.date(effectiveAt) }),
  };
}

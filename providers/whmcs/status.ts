import * as v from 'valibot';
import { shownId as id, shownText as text } from '../../src/provider/fields.ts';
import {
  calendarDay,
  defined,
  effectiveAt,
  refused,
  type CancellationStatus,
  type Exchange,
  type ProviderResponse,
  type StatusVerdict,
  type When,
} from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer, type WhmcsAnswer } from './answer.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import { listOf } from './list.ts';
import { toCancellationsRequest, toServiceRequest } from './request.ts';
import type { ResolvedWhmcsService } from './service.ts';

const productSchema = v.object({ id, status: v.string(), nextduedate: text });
const requestSchema = v.object({
  id: v.fallback(v.optional(id), undefined),
  relid: id,
  date: text,
  type: text,
  reason: text,
});

type Product = v.InferOutput<typeof productSchema>;
type StoredRequest = v.InferOutput<typeof requestSchema>;

const PAGE_SIZE = 250;
const SMALLEST_PAGE = 10;
const MAX_PAGES = 40;

/**
 * Reads a service's state and looks for its cancellation request, page by page, since the API has no filter. Only
 * named fields are kept: the responses hold the service's own password.
 */
export function* readState(service: ResolvedWhmcsService, config: ResolvedWhmcsConfig): Exchange<StatusVerdict> {
  const product = findProduct(yield toServiceRequest(service, config), service);
  if ('verdict' in product) return product;
  let start = 0;
  let size = PAGE_SIZE;
  let total: number | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = yield toCancellationsRequest(start, size, config);
    if (response.body.kind === 'too_large' && size > SMALLEST_PAGE) {
      // Long reasons, above all escaped ones, make a page larger than what is read of a response.
      size = Math.max(SMALLEST_PAGE, Math.floor(size / 5));
      continue;
    }
    const found = readPage(response);
    if ('verdict' in found) return found;
    const request = found.requests.findLast((entry) => entry.relid === service.serviceId);
    if (request !== undefined) return state(product, request);
    start += found.length;
    // A list that changed between two pages has moved under them: what was looked for may have slipped through.
    if (start > found.length && found.total !== total) break;
    total = found.total;
    const isComplete = total === undefined ? found.length === 0 : start >= total;
    if (isComplete) return state(product, undefined);
    if (found.length === 0) break;
  }
  return state(product, 'not_searched_to_the_end');
}

function findProduct(response: ProviderResponse, service: ResolvedWhmcsService): Product | StatusVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.result === 'error') return fromErrorAnswer(response.status, answer);
  const products = listIn(answer, 'products', 'product');
  if (products === undefined) return { verdict: 'unrecognized' };
  const product = products
    .map((entry) => v.safeParse(productSchema, entry))
    .find((parsed) => parsed.success && parsed.output.id === service.serviceId);
  if (product?.success) return product.output;
  if (products.length > 0 || (countOf(answer['totalresults']) ?? 0) > 0) return { verdict: 'unrecognized' };
  return refused('not_found', 'no service has that id. Check the serviceId.');
}

interface Page {
  readonly requests: readonly StoredRequest[];
  readonly length: number;
  readonly total: number | undefined;
}

function readPage(response: ProviderResponse): Page | StatusVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.result === 'error') return fromErrorAnswer(response.status, answer);
  const entries = listIn(answer, 'packages', 'package');
  const parsed = entries?.map((entry) => v.safeParse(requestSchema, entry));
  // An entry that cannot be read may be the one that is looked for.
  if (parsed === undefined || parsed.some((entry) => !entry.success)) return { verdict: 'unrecognized' };
  return {
    requests: parsed.flatMap((entry) => (entry.success ? [entry.output] : [])),
    length: parsed.length,
    total: countOf(answer['totalresults']),
  };
}

/** An empty list can be left out, but then its count is there; a response with neither is one to another question. */
export function listIn(answer: WhmcsAnswer, outer: string, inner: string): readonly unknown[] | undefined {
  const isThere = outer in answer || countOf(answer['totalresults']) !== undefined;
  return isThere ? listOf(answer[outer], inner) : undefined;
}

/** A count as a number or as digits. Anything else says nothing, and the pages are read until one is empty. */
export function countOf(value: unknown): number | undefined {
  const isCount = typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}$/.test(value));
  return isCount && Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}

function state(product: Product, request: StoredRequest | undefined | 'not_searched_to_the_end'): StatusVerdict {
  const isOver = /^(?:terminated|cancell?ed)$/i.test(product.status);
  const raw = { service: product, request: request ?? null };
  if (typeof request !== 'object') {
    const unsearched = request === undefined ? 'none' : 'unknown';
    return { verdict: 'found', status: { state: isOver ? 'completed' : unsearched, revocable: false, raw } };
  }
  const when = timingOf(request.type);
  const at = !isOver && when === 'end_of_period' ? effectiveAt(dayIn(product.nextduedate)) : undefined;
  const pending: CancellationStatus['state'] = at === undefined ? 'requested' : 'scheduled';
  return {
    verdict: 'found',
    status: {
      state: isOver ? 'completed' : pending,
      ...defined({ when, effectiveAt: at, requestedAt: dayIn(request.date), reason: request.reason || undefined }),
      revocable: false,
      raw,
    },
  };
}

function timingOf(type: string | undefined): When | undefined {
  if (/^\s*immediate\s*$/i.test(type ?? '')) return 'immediate';
  return /^\s*end of billing period\s*$/i.test(type ?? '') ? 'end_of_period' : undefined;
}

/** The day of a date. WHMCS writes local times without a zone, and `0000-00-00` for none: only the day is kept. */
export function dayIn(value: string | undefined): string | undefined {
  return calendarDay(value?.split(' ', 1)[0]);
}

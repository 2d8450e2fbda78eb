import type { Exchange, ProviderResponse } from '../../src/index.ts';
import { readAnswer } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { toHistoryRequest } from './request.ts';
import type { HostingService } from './service.ts';

/** The cancellation jobs in a hosting's history. */
export interface CancelJobs {
  /** `new`, `done` or `failed`, and `unknown` for any other value. */
  readonly statuses: readonly ('new' | 'done' | 'failed' | 'unknown')[];
  /** Whether the history was read to its end. */
  readonly complete: boolean;
}

const PAGE_SIZE = 50;
const MAX_PAGES = 20;

/** Reads a hosting's history page by page; `undefined` if it cannot be read. */
export function* readCancelJobs(
  service: HostingService,
  config: ResolvedHostingConfig,
): Exchange<CancelJobs | undefined> {
  const statuses: CancelJobs['statuses'][number][] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const events = readEvents(yield toHistoryRequest(service, page * PAGE_SIZE, PAGE_SIZE, config));
    if (events === undefined) return undefined;
    for (const { jobType, jobStatus } of events) if (jobType === 'cancelHosting') statuses.push(known(jobStatus));
    if (events.length < PAGE_SIZE) return { statuses, complete: true };
  }
  return { statuses, complete: false };
}

function readEvents(response: ProviderResponse): readonly Readonly<Record<string, unknown>>[] | undefined {
  const answer = response.status === 200 ? readAnswer(response) : undefined;
  return answer?.status === 'ok' ? answer.events : undefined;
}

function known(value: unknown): CancelJobs['statuses'][number] {
  return value === 'new' || value === 'done' || value === 'failed' ? value : 'unknown';
}

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

/**
 * Reads a hosting's history page by page; `undefined` if it cannot be read.
 *
 * @param responseId of the answer that queued the job which is looked for. Left out: every cancellation job.
 */
export function* readCancelJobs(
  service: HostingService,
  config: ResolvedHostingConfig,
  responseId?: string,
): Exchange<CancelJobs | undefined> {
  const statuses: CancelJobs['statuses'][number][] = [];
  let start = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const events = readEvents(yield toHistoryRequest(service, start, PAGE_SIZE, config, responseId));
    if (events === undefined) return undefined;
    for (const event of events) if (isCancelJob(event, responseId)) statuses.push(known(event['jobStatus']));
    if (events.length < PAGE_SIZE) return { statuses, complete: true };
    start += events.length;
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

/** An event that names another answer is another job's, whatever the server was asked for. */
function isCancelJob(event: Readonly<Record<string, unknown>>, responseId: string | undefined): boolean {
  const named = event['responseId'] ?? event['response_id'];
  return (
    event['jobType'] === 'cancelHosting' && (responseId === undefined || named === undefined || named === responseId)
  );
}

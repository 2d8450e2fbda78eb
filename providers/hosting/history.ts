import type { Exchange, ProviderResponse, RefusedVerdict } from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer, type HostingEvent } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { toHistoryRequest } from './request.ts';
import type { HostingService } from './service.ts';

/** The cancellation jobs in a hosting's history. */
export interface CancelJobs {
  /** `new`, `done` or `failed`, and `unknown` for any other value. */
  readonly statuses: readonly JobStatus[];
  /** Whether each of these jobs names the response that was asked for. */
  readonly areOwn: boolean;
  /**
   * What the last finished job left behind: a cancellation, or a service that was resumed since. `unclear` if their
   * order is not known; `undefined` if no cancellation job is done.
   */
  readonly effect: 'cancelled' | 'resumed' | 'unclear' | undefined;
  /** Whether the history was read to its end. */
  readonly complete: boolean;
}

type JobStatus = 'new' | 'done' | 'failed' | 'unknown';

const PAGE_SIZE = 50;
const MAX_PAGES = 20;

/**
 * Reads a hosting's history page by page; `undefined` if it cannot be read. A refusal of the credentials is returned,
 * since nothing else may be asked after it.
 *
 * @param responseId of the response that queued the job which is looked for. Left out: every job.
 */
export function* readCancelJobs(
  service: HostingService,
  config: ResolvedHostingConfig,
  responseId?: string,
): Exchange<CancelJobs | RefusedVerdict | undefined> {
  const seen: HostingEvent[] = [];
  let start = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = yield toHistoryRequest(service, start, PAGE_SIZE, config, responseId);
    const events = readEvents(response);
    if (events === undefined) return refusalIn(response);
    seen.push(...events.filter((event) => isOf(event, responseId)));
    if (events.length < PAGE_SIZE && !mayBeLimited(events.length)) return jobsIn(seen, responseId, true);
    start += events.length;
  }
  return jobsIn(seen, responseId, false);
}

/**
 * Whether a page that is shorter than was asked for may be as long as the server allows: limits are round numbers. Then
 * the history may go on.
 */
function mayBeLimited(count: number): boolean {
  return count >= 10 && count % 5 === 0;
}

function readEvents(response: ProviderResponse): readonly HostingEvent[] | undefined {
  const answer = response.status === 200 ? readAnswer(response) : undefined;
  return answer?.status === 'ok' ? answer.events : undefined;
}

function refusalIn(response: ProviderResponse): RefusedVerdict | undefined {
  const answer = readAnswer(response);
  const verdict = answer?.status === 'error' ? fromErrorAnswer(response.status, answer) : undefined;
  const isClosed = verdict?.verdict === 'refused' && (verdict.code === 'unauthorized' || verdict.code === 'forbidden');
  return isClosed ? verdict : undefined;
}

/** An event that names another response is another job's, whatever the server was asked for. */
function isOf({ responseId }: HostingEvent, wanted: string | undefined): boolean {
  return wanted === undefined || responseId === undefined || responseId === wanted;
}

function jobsIn(events: readonly HostingEvent[], wanted: string | undefined, complete: boolean): CancelJobs {
  const cancels = events.filter(isCancel);
  return {
    statuses: cancels.map(({ jobStatus }) => known(jobStatus)),
    areOwn: cancels.every(({ responseId }) => responseId !== undefined && responseId === wanted),
    effect: effectOf(events, complete),
    complete,
  };
}

/** In any case of letters: one that is missed would look like a hosting without a cancellation. */
function isCancel({ jobType }: HostingEvent): boolean {
  return jobType?.toLowerCase() === 'cancelhosting';
}

function known(value: unknown): JobStatus {
  return value === 'new' || value === 'done' || value === 'failed' ? value : 'unknown';
}

/** The order of the list is not documented; the ids and times of its events are. */
function effectOf(events: readonly HostingEvent[], complete: boolean): CancelJobs['effect'] {
  const done = events.filter(({ jobStatus }) => jobStatus === 'done');
  const cancels = done.filter(isCancel);
  const resumes = done.filter(({ jobType }) => jobType !== undefined && /resume/i.test(jobType));
  if (cancels.length === 0) return undefined;
  if (!complete) return 'unclear';
  if (resumes.length === 0) return 'cancelled';
  for (const key of ['id', 'created'] as const) {
    const [cancelled, resumed] = [latest(cancels, key), latest(resumes, key)];
    if (cancelled !== undefined && resumed !== undefined && cancelled !== resumed) {
      return cancelled > resumed ? 'cancelled' : 'resumed';
    }
  }
  return 'unclear';
}

function latest(events: readonly HostingEvent[], key: 'id' | 'created'): number | undefined {
  const values = events.flatMap((event) => event[key] ?? []);
  return values.length < events.length ? undefined : Math.max(...values);
}

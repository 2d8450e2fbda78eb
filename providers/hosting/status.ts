import type { CancellationStatus, Exchange, StatusVerdict } from '../../src/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd, type Hosting } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { readCancelJobs, type CancelJobs } from './history.ts';
import { toHostingRequest } from './request.ts';
import type { HostingService } from './service.ts';

/** Reads the hosting, and its history unless the hosting itself says that it is cancelled. */
export function* readState(service: HostingService, config: ResolvedHostingConfig): Exchange<StatusVerdict> {
  const response = yield toHostingRequest(service, config);
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  if (answer.status === 'error') return fromErrorAnswer(response.status, answer);
  const { hosting } = answer;
  if (response.status !== 200 || hosting?.identifier !== service.hostingId) return { verdict: 'unrecognised' };
  const known = fromHosting(hosting);
  if (known !== undefined) return found(known, hosting, undefined);
  const jobs = yield* readCancelJobs(service, config);
  return found(jobs === undefined ? UNKNOWN : fromJobs(jobs, hosting), hosting, jobs);
}

/** A status without what it was read from. */
export type Status = Omit<CancellationStatus, 'raw'>;

const NONE: Status = { state: 'none', revocable: false };
export const UNKNOWN: Status = { state: 'unknown', revocable: false };
export const OVER: Status = { state: 'completed', revocable: false };

/** The values that have been seen of a hosting without a cancellation; whether others have them too is not documented. */
export const SEEN_UNCANCELLED: ReadonlySet<string> = new Set(['active', 'adopting']);

/** The words that say it. Anything else that merely contains `cancel`, such as `not_cancelled`, does not. */
const SAYS_CANCELLED =
  /^(?:(?:pending|to[_ -]be|being)[_ -])?cancel(?:l?ed|l?ing|lation)?(?:[_ -](?:pending|requested|scheduled))?$/;

/** A state with what it was read from. */
export function found(status: Status, hosting: Hosting | undefined, cancelJobs: CancelJobs | undefined): StatusVerdict {
  const raw = { hosting: hosting ?? null, ...(cancelJobs === undefined ? {} : { cancelJobs: cancelJobs.statuses }) };
  return { verdict: 'found', status: { ...status, raw } };
}

/** The value after a cancellation is not documented: a word that says it is taken as that, any other is not known. */
function fromHosting(hosting: Hosting): Status | undefined {
  if (isDeleted(hosting)) return OVER;
  if (hasOpenJob(hosting) || !SAYS_CANCELLED.test(serviceStatusOf(hosting))) return undefined;
  const effectiveAt = serviceEnd(hosting);
  return { state: 'requested', revocable: true, ...(effectiveAt === undefined ? {} : { effectiveAt }) };
}

/**
 * An open cancellation job is a cancellation, unless other jobs are open beside it, and a history without any says that there was none. One that is done
 * does not tell: the order of the events is not documented, and a resumed hosting keeps its old jobs.
 */
function fromJobs({ statuses, complete }: CancelJobs, hosting: Hosting): Status {
  const open = statuses.filter((status) => status === 'new').length;
  // Another job that is under way may be the withdrawal of this one.
  if (open > 0) return (hosting.openJobCount ?? open) > open ? UNKNOWN : { state: 'requested', revocable: false };
  const settled = complete && !hasOpenJob(hosting) && SEEN_UNCANCELLED.has(serviceStatusOf(hosting));
  if (!settled || !statuses.every((status) => status === 'failed')) return UNKNOWN;
  return statuses.length === 0 ? NONE : { state: 'failed', revocable: false };
}

/** Whether the hosting says that it is over. Not documented either: most deployments no longer show such a hosting. */
export function isDeleted({ status }: Hosting): boolean {
  return status?.toLowerCase() === 'deleted';
}

/** Whether the hosting counts a job that is under way. */
export function hasOpenJob({ openJobCount }: Hosting): boolean {
  return (openJobCount ?? 0) > 0;
}

/** In lower case, empty where there is none. */
export function serviceStatusOf({ serviceStatus }: Hosting): string {
  return serviceStatus?.toLowerCase() ?? '';
}

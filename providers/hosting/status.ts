import {
  stateUntil,
  defined,
  type CancellationStatus,
  type Exchange,
  type RefusedVerdict,
  type StatusVerdict,
} from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd, type Hosting } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { readCancelJobs, type CancelJobs } from './history.ts';
import { toHostingRequest } from './request.ts';
import type { HostingService } from './service.ts';

/**
 * Reads the hosting and its history. One that is gone is over if its history, if that outlives it, has a finished
 * cancellation.
 *
 * @param afterDuplicate whether the API has just answered that the hosting is not active.
 */
export function* readState(
  service: HostingService,
  config: ResolvedHostingConfig,
  afterDuplicate: boolean,
): Exchange<StatusVerdict> {
  const shown = yield* readHosting(service, config);
  if ('verdict' in shown) return shown;
  const { hosting } = shown;
  if (hosting !== undefined && isDeleted(hosting)) return found(OVER, hosting, undefined);
  const jobs = yield* readCancelJobs(service, config);
  if (jobs !== undefined && 'verdict' in jobs) return jobs;
  if (hosting === undefined) return jobs?.effect === 'cancelled' ? found(OVER, undefined, jobs) : shown.gone;
  return found(stateOf(hosting, jobs, afterDuplicate), hosting, jobs);
}

/**
 * Reads the fate of one cancellation by the id of the response that queued its job. The job tells whether it was
 * carried out, the hosting whether it is over. One that is gone does not tell the timing: it may have been deleted
 * immediately, or its period may have ended since.
 */
export function* readJob(
  service: HostingService,
  config: ResolvedHostingConfig,
  responseId: string,
): Exchange<StatusVerdict> {
  const jobs = yield* readCancelJobs(service, config, responseId);
  if (jobs !== undefined && 'verdict' in jobs) return jobs;
  const shown = yield* readHosting(service, config);
  if ('verdict' in shown) return shown;
  const { hosting } = shown;
  if (jobs === undefined) return hosting === undefined ? shown.gone : found(UNKNOWN, hosting, undefined);
  return found(fateOf(jobs, hosting), hosting, jobs);
}

type Shown =
  | { readonly hosting: Hosting }
  /** The API's own word that it has no such hosting. */
  | { readonly hosting?: undefined; readonly gone: RefusedVerdict };

function* readHosting(service: HostingService, config: ResolvedHostingConfig): Exchange<Shown | StatusVerdict> {
  const response = yield toHostingRequest(service, config);
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.status === 'error') {
    const verdict = fromErrorAnswer(response.status, answer);
    if (verdict.verdict !== 'refused' || verdict.code !== 'not_found') return verdict;
    if (verdict.providerCode === 'does_not_exist') return { gone: { ...verdict, providerStatus: response.status } };
    // A 404 alone can come from the way there.
    const message = 'nothing is at this path. Check the baseUrl of the account and the hostingId.';
    return { ...verdict, code: 'unexpected_response', message };
  }
  const { hosting } = answer;
  return response.status === 200 && hosting?.identifier === service.hostingId
    ? { hosting }
    : { verdict: 'unrecognized' };
}

/** A status without what it was read from. */
type Status = Omit<CancellationStatus, 'raw'>;

const NONE: Status = { state: 'none', revocable: false };
const UNKNOWN: Status = { state: 'unknown', revocable: false };
const OVER: Status = { state: 'completed', revocable: false };

/**
 * The values that have been seen of a hosting without a cancellation; whether others have them too is not documented.
 */
const SEEN_UNCANCELLED: ReadonlySet<string> = new Set(['active', 'adopting']);

/** The words that say it. Anything else that merely contains `cancel`, such as `not_cancelled`, does not. */
const SAYS_CANCELLED =
  /^(?:(?:pending|to[_ -]be|being)[_ -])?cancel(?:l?ed|l?ing|lation)?(?:[_ -](?:pending|requested|scheduled))?$/;

/** The documented value, and the one that older deployments have been seen with. */
const IN_SERVICE: ReadonlySet<string> = new Set(['active', 'ok']);

/**
 * The jobs decide, since the values of `serviceStatus` are not documented; if they do not tell, a word that plainly
 * says that the hosting is cancelled does.
 */
function stateOf(hosting: Hosting, jobs: CancelJobs | undefined, afterDuplicate: boolean): Status {
  const open = jobs?.statuses.filter((status) => status === 'new').length ?? 0;
  // Another job that is in flight may be the one that resumes the service.
  if ((hosting.openJobCount ?? open) > open) return UNKNOWN;
  if (open > 0) return { state: 'requested', revocable: false };
  if (jobs?.effect === 'cancelled') return afterDoneJob(hosting, afterDuplicate);
  const isUntouched = SEEN_UNCANCELLED.has(serviceStatusOf(hosting));
  if (jobs?.effect === 'resumed') return isUntouched ? NONE : UNKNOWN;
  if (SAYS_CANCELLED.test(serviceStatusOf(hosting))) {
    return { state: 'requested', revocable: true, ...defined({ effectiveAt: serviceEnd(hosting) }) };
  }
  const isSettled = jobs?.complete === true && isUntouched && jobs.statuses.every((status) => status === 'failed');
  if (!isSettled) return UNKNOWN;
  return jobs.statuses.length === 0 ? NONE : { state: 'failed', revocable: false };
}

function fateOf({ statuses, areOwn }: CancelJobs, hosting: Hosting | undefined): Status {
  const [status] = statuses;
  if (status === undefined || statuses.length > 1) return UNKNOWN;
  const isGone = hosting === undefined || isDeleted(hosting);
  if (status === 'failed') {
    // A job in flight beside a failed one may be the one that is looked for.
    const mayBeAnother = (hosting?.openJobCount ?? (areOwn ? 0 : Infinity)) > 0;
    // And a hosting that is gone contradicts that nothing was cancelled.
    return isGone || mayBeAnother ? UNKNOWN : { state: 'failed', revocable: false };
  }
  if (status === 'new') return { state: 'requested', revocable: false };
  if (status !== 'done') return UNKNOWN;
  return isGone ? OVER : afterDoneJob(hosting, false);
}

/** A hosting that is still there after its cancellation was carried out, and was not resumed as far as is known. */
function afterDoneJob(hosting: Hosting, afterDuplicate: boolean): Status {
  if (SEEN_UNCANCELLED.has(serviceStatusOf(hosting))) {
    // It looks untouched: it may have been resumed without a job, unless the API has just said that it is not active.
    return afterDuplicate ? { state: 'requested', revocable: true } : UNKNOWN;
  }
  // An immediate cancellation deletes, so one that is still in service waits for the end of its period.
  const isInService = hosting.status === undefined || IN_SERVICE.has(hosting.status.toLowerCase());
  if (!isInService) return { state: 'requested', revocable: false };
  return { ...stateUntil(serviceEnd(hosting)), when: 'end_of_period', revocable: true };
}

/** A state with what it was read from. */
function found(status: Status, hosting: Hosting | undefined, cancelJobs: CancelJobs | undefined): StatusVerdict {
  const raw = { hosting: hosting ?? null, ...(cancelJobs === undefined ? {} : { cancelJobs: cancelJobs.statuses }) };
  return { verdict: 'found', status: { ...status, raw } };
}

/** Whether the hosting says that it is over. Not documented either: most deployments no longer show such a hosting. */
function isDeleted({ status }: Hosting): boolean {
  return status?.toLowerCase() === 'deleted';
}

/** In lower case, empty if not set. */
function serviceStatusOf({ serviceStatus }: Hosting): string {
  return serviceStatus?.toLowerCase() ?? '';
}

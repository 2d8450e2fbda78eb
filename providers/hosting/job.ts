import type { Exchange, StatusVerdict } from '../../src/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd, type Hosting } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { readCancelJobs } from './history.ts';
import { toHostingRequest } from './request.ts';
import type { HostingService } from './service.ts';
import {
  found,
  hasOpenJob,
  isDeleted,
  OVER,
  SEEN_UNCANCELLED,
  serviceStatusOf,
  UNKNOWN,
  type Status,
} from './status.ts';

/**
 * Reads the fate of one cancellation by the id of the answer that queued its job. The job tells whether it was carried
 * out, the hosting whether it is over. One that is gone does not tell the timing: it may have been deleted at once, or
 * its period may have ended since.
 */
export function* readJob(
  service: HostingService,
  config: ResolvedHostingConfig,
  responseId: string,
): Exchange<StatusVerdict> {
  const jobs = yield* readCancelJobs(service, config, responseId);
  const response = yield toHostingRequest(service, config);
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  const error = answer.status === 'error' ? fromErrorAnswer(response.status, answer) : undefined;
  // A 404 alone can come from the way there; only the API's own word says that the hosting is gone.
  const isGone = error?.verdict === 'refused' && error.providerCode === 'does_not_exist';
  if (error !== undefined && !isGone) return error;
  const { hosting } = answer;
  if (!isGone && (response.status !== 200 || hosting?.identifier !== service.hostingId)) {
    return { verdict: 'unrecognised' };
  }
  if (jobs === undefined) return error ?? found(UNKNOWN, hosting, undefined);
  return found(fateOf(jobs.statuses, isGone ? undefined : hosting), hosting, jobs);
}

function fateOf(statuses: readonly string[], hosting: Hosting | undefined): Status {
  const [status] = statuses;
  if (status === undefined || statuses.length > 1) return UNKNOWN;
  // A job under way beside a failed one may be the one that is looked for.
  const mayBeAnother = hosting !== undefined && hasOpenJob(hosting);
  if (status === 'failed') return mayBeAnother ? UNKNOWN : { state: 'failed', revocable: false };
  if (status === 'new') return { state: 'requested', revocable: false };
  if (status !== 'done') return UNKNOWN;
  if (hosting === undefined || isDeleted(hosting)) return OVER;
  // A job that is done and a hosting that still looks untouched do not go together: it may have been resumed since.
  if (SEEN_UNCANCELLED.has(serviceStatusOf(hosting))) return UNKNOWN;
  const effectiveAt = serviceEnd(hosting);
  const state = effectiveAt === undefined ? 'requested' : 'scheduled';
  return { state, when: 'end_of_period', revocable: true, ...(effectiveAt === undefined ? {} : { effectiveAt }) };
}

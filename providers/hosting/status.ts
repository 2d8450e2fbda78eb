import type { CancellationStatus, Exchange, ProviderResponse, StatusVerdict } from '../../src/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd, type Hosting } from './answer.ts';
import type { ResolvedHostingConfig } from './config.ts';
import { toHistoryRequest, toHostingRequest } from './request.ts';
import type { HostingService } from './service.ts';

/** Reads the hosting, and its history where the hosting alone does not tell. */
export function* readState(service: HostingService, config: ResolvedHostingConfig): Exchange<StatusVerdict> {
  const hosting = fromHostingResponse(yield toHostingRequest(service, config), service);
  if ('verdict' in hosting) return hosting;
  const hasOpenJob = (hosting.openJobCount ?? 0) > 0;
  const known = hasOpenJob ? undefined : fromServiceStatus(hosting);
  if (known !== undefined) return found(known, hosting, undefined);
  const jobs = fromHistoryResponse(yield toHistoryRequest(service, config));
  return Array.isArray(jobs) ? found(fromJobs(jobs), hosting, jobs) : found(UNKNOWN, hosting, undefined);
}

type Status = Omit<CancellationStatus, 'raw'>;
type JobStatus = 'new' | 'done' | 'failed';

const UNKNOWN: Status = { state: 'unknown', revocable: false };

/** The values that are known to stand for a hosting without a cancellation. */
const NOT_CANCELLED: ReadonlySet<string> = new Set(['active', 'adopting']);

function found(status: Status, hosting: Hosting, cancelJobs: readonly JobStatus[] | undefined): StatusVerdict {
  const raw = { hosting, ...(cancelJobs === undefined ? {} : { cancelJobs }) };
  return { verdict: 'found', status: { ...status, raw } };
}

function fromHostingResponse(response: ProviderResponse, service: HostingService): Hosting | StatusVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  if (answer.status === 'error') return fromErrorAnswer(response.status, answer);
  const { hosting } = answer;
  if (response.status !== 200 || hosting?.identifier !== service.hostingId) return { verdict: 'unrecognised' };
  return hosting;
}

/** The value after a cancellation is not documented: a word that says it is taken as that, any other is not known. */
function fromServiceStatus(hosting: Hosting): Status | undefined {
  const value = hosting.serviceStatus?.toLowerCase() ?? '';
  if (NOT_CANCELLED.has(value)) return { state: 'none', revocable: false };
  if (!/cancel/.test(value)) return undefined;
  const effectiveAt = serviceEnd(hosting);
  return { state: 'requested', revocable: true, ...(effectiveAt === undefined ? {} : { effectiveAt }) };
}

function fromHistoryResponse(response: ProviderResponse): JobStatus[] | undefined {
  const answer = response.status === 200 ? readAnswer(response) : undefined;
  if (answer?.status !== 'ok') return undefined;
  const cancelJobs = answer.events?.filter((event) => event['jobType'] === 'cancelHosting');
  return cancelJobs?.map((event) => event['jobStatus']).filter(isJobStatus);
}

/**
 * An open cancellation job is a cancellation. Without one the history does not tell, since its order is not documented
 * and a resumed hosting keeps its old jobs.
 */
function fromJobs(jobs: readonly JobStatus[]): Status {
  return jobs.includes('new') ? { state: 'requested', revocable: false } : UNKNOWN;
}

function isJobStatus(value: unknown): value is JobStatus {
  return value === 'new' || value === 'done' || value === 'failed';
}

import { addMonths, dateOnly, unixSeconds } from '../../src/sandbox/calendar.ts';
import { json } from '../../src/sandbox/bodies.ts';
import type { HostingJob, HostingService } from './emulator-types.ts';

/** Writes answers in one deployment's style. */
export interface HostingAnswers {
  /** The id of this answer, by which the history can be searched. */
  readonly responseId: string;
  ok(fields: Readonly<Record<string, unknown>>): Response;
  pending(message: string, hosting: Readonly<Record<string, unknown>>): Response;
  error(status: number, code: string, message: string): Response;
}

/** Answers in the present style (`errorCode`) or the older one (`error_code`); `client-request-id` is echoed. */
export function createAnswers(
  responseId: string,
  keyStyle: 'camelCase' | 'snake_case',
  clientRequestId: string | undefined,
): HostingAnswers {
  const key = (name: string): string =>
    keyStyle === 'camelCase' ? name : name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const head = {
    [key('responseId')]: responseId,
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
  };
  return {
    responseId,
    ok: (fields) => json(200, { ...head, status: 'ok', ...fields }),
    pending: (message, hosting) => json(202, { ...head, status: 'pending', message, hosting }),
    error: (status, code, message) =>
      json(status, { ...head, status: 'error', [key('errorCode')]: code, [key('errorMessage')]: message }),
  };
}

/** A hosting as the API shows it. */
export function hostingJson(
  service: HostingService,
  serviceStatusAfterCancel: string,
): Readonly<Record<string, unknown>> {
  const { hostingId, domain, state, suspended, jobs, nextServiceRenewalDate: renewal } = service;
  const serviceStatus = { provisioning: 'adopting', active: 'active', cancelled: serviceStatusAfterCancel };
  return {
    identifier: hostingId,
    status: state === 'deleted' ? 'deleted' : state === 'provisioning' ? 'pending' : 'ok',
    domain,
    suspended,
    openJobCount: jobs.filter(({ status }) => status === 'new').length,
    serviceStatus: state === 'deleted' ? serviceStatusAfterCancel : serviceStatus[state],
    nextRenewal: dateOnly(state === 'active' ? addMonths(renewal, 1) : renewal),
    nextServiceRenewalDate: dateOnly(renewal),
    created: unixSeconds(service.created),
    modified: unixSeconds(service.modified),
  };
}

/** The history of a hosting, newest first: its jobs, and the event of its creation, which is no job. */
export function historyJson(service: HostingService): readonly Readonly<Record<string, unknown>>[] {
  const creation = { type: 'event', message: 'Hosting created', created: unixSeconds(service.created) };
  return [...service.jobs.map(jobJson).reverse(), creation];
}

function jobJson(job: HostingJob): Readonly<Record<string, unknown>> {
  return {
    type: 'job',
    jobType: job.type,
    jobStatus: job.status,
    responseId: job.responseId,
    created: unixSeconds(job.created),
    ...(job.finished === undefined ? {} : { finished: unixSeconds(job.finished) }),
    ...(job.clientRequestId === undefined ? {} : { clientRequestId: job.clientRequestId }),
  };
}

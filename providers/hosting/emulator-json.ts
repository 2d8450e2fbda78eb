import { json } from '../../src/sandbox/kit/bodies.ts';
import { addMonths, dateOnly, unixSeconds } from '../../src/sandbox/kit/calendar.ts';
import type { HostingJob, HostingService } from './emulator-types.ts';

/** Writes answers in one deployment's style. */
export interface HostingAnswers {
  /** The id of this response, by which the history can be searched. */
  readonly responseId: string;
  ok(message: string, fields: Readonly<Record<string, unknown>>): Response;
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
    ok: (message, fields) => json(200, { ...head, status: 'ok', message, ...fields }),
    pending: (message, hosting) => json(202, { ...head, status: 'pending', message, hosting }),
    error: (status, code, message) =>
      json(status, {
        ...head,
        // The documented errors of older deployments have none.
        ...(keyStyle === 'camelCase' ? { status: 'error' } : {}),
        [key('errorCode')]: code,
        [key('errorMessage')]: message,
      }),
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
    status: state === 'deleted' ? 'deleted' : state === 'provisioning' ? 'provisioning' : 'active',
    domain,
    domains: [{ name: domain, forward: false, primary: true }],
    info: INFO,
    options: [{ name: 'letsEncrypt', value: 'disabled', arguments: [] }],
    package: PACKAGE,
    server: SERVER,
    suspended,
    suspendedDomain: false,
    renewalDay: renewal.getUTCDate(),
    period: 1,
    periodUnit: 'month',
    openJobCount: jobs.filter(({ status }) => status === 'new').length,
    servicePeriod: 1,
    serviceStatus: state === 'deleted' ? serviceStatusAfterCancel : serviceStatus[state],
    nextRenewal: dateOnly(state === 'active' ? addMonths(renewal, 1) : renewal),
    nextServiceRenewalDate: dateOnly(renewal),
    created: unixSeconds(service.created),
    modified: unixSeconds(service.modified),
  };
}

// What the documented example shows of the account's stats, package and server.
const INFO = {
  serverPlan: 'basic',
  pleskUser: 'h_00000001',
  pleskFtpUser: 'f_00000001',
  pleskClientId: 282,
  pleskHostingId: 235,
  activeDomains: 1,
  subdomains: 0,
  diskspace: 0,
  databases: 0,
  traffic: 0,
  trafficPrevDay: 0,
};
const PACKAGE = {
  packageId: 'basic',
  type: 'plesk',
  status: 'active',
  spec: [{ type: 'diskspace', value: '1000' }],
  created: 1_626_272_615,
  modified: 1_626_272_619,
};
const SERVER = {
  identifier: 'pleskdev',
  hostname: 'plesk.sandbox.example',
  type: 'plesk',
  status: 'active',
  ips: [
    { address: '192.0.2.50', version: 4 },
    { address: '2001:db8::50', version: 6 },
  ],
  availablePackages: ['basic', 'pro'],
  usage: 1,
  capacity: 20,
  created: 1_626_259_040,
  modified: 1_626_259_045,
};

/** The history of a hosting, newest first: its jobs, that of its creation among them, and the request for that. */
export function historyJson(service: HostingService): readonly Readonly<Record<string, unknown>>[] {
  const { hostingId, domain, state, jobs } = service;
  const responseId = `${hostingId}0`;
  const created = unixSeconds(service.created);
  const creation = { created, type: 'job', jobType: 'createHosting', responseId, context: [] };
  const events = [
    { created, message: 'create hosting requested', type: 'request', responseId, context: { ip: '127.0.0.1' } },
    state === 'provisioning'
      ? { ...creation, message: 'Creating hosting', jobStatus: 'new' }
      : { ...creation, message: 'Creating hosting completed', jobStatus: 'done', delivered: created },
    ...jobs.map(jobJson),
  ];
  return events
    .map((event, index) => ({ id: index + 1, hostingIdentifier: hostingId, domainName: domain, ...event }))
    .toReversed();
}

function jobJson(job: HostingJob, index: number): Readonly<Record<string, unknown>> {
  return {
    type: 'job',
    message: `${job.type} ${job.status}`,
    jobId: index + 2,
    jobType: job.type,
    jobStatus: job.status,
    responseId: job.responseId,
    created: unixSeconds(job.created),
    context: [],
    ...(job.finished === undefined ? {} : { delivered: unixSeconds(job.finished) }),
    ...(job.clientRequestId === undefined ? {} : { clientRequestId: job.clientRequestId }),
  };
}

import { createHash } from 'node:crypto';
import { addMonths, latest } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxCancellation } from '../../src/sandbox/kit/emulator.ts';
import { type Transition, runTransitions } from '../../src/sandbox/kit/transitions.ts';
import type { HostingJob, HostingJobOrder, HostingService, HostingServiceInit } from './emulator-types.ts';

/** The hostings of the emulated Hosting API. */
export interface HostingState {
  readonly services: ReadonlyMap<string, HostingService>;
  add(init: HostingServiceInit): HostingService;
  /** Queues a job; a delay of 0 executes it immediately. */
  queue(service: HostingService, order: HostingJobOrder, delayMs: number): void;
  /** Lets the next jobs that are queued end as `failed`. */
  failJobs(times: number): void;
  /** An id that no earlier call returned, such as `1_2aa0…`. */
  nextId(): string;
  /** Applies what has fallen due. */
  tick(): void;
}

/** Makes a state without hostings. */
export function createHostingState(clock: EmulatorClock): HostingState {
  const services = new Map<string, Mutable<HostingService>>();
  const plans = new Map<string, { readonly due: Date; readonly fails: boolean }>();
  let jobsToFail = 0;
  let count = 0;

  function nextId(): string {
    count += 1;
    return `1_${createHash('sha1').update(`hosting ${count}`).digest('hex')}`;
  }

  function finish(service: Mutable<HostingService>, job: HostingJob, at: Date, toFail: boolean): void {
    const fails = toFail || service.state === 'deleted';
    service.modified = at;
    service.jobs = service.jobs.map((other) =>
      other.responseId === job.responseId ? { ...job, status: fails ? 'failed' : 'done', finished: at } : other,
    );
    if (job.type === 'resumeHostingService') {
      if (fails) return;
      service.cancellation = null;
      service.state = 'active';
    } else if (fails) service.cancellation = null;
    else if (job.immediate) end(service, at);
    else service.state = 'cancelled';
  }

  function end(service: Mutable<HostingService>, at: Date): void {
    service.state = 'deleted';
    service.modified = at;
    if (service.cancellation !== null) service.cancellation = { ...service.cancellation, effectiveAt: at };
  }

  function nextTransition(service: Mutable<HostingService>): Transition | undefined {
    const job = service.jobs.find(({ status }) => status === 'new');
    const plan = job === undefined ? undefined : plans.get(job.responseId);
    const work: Transition | undefined =
      job === undefined || plan === undefined
        ? undefined
        : { at: plan.due, apply: () => finish(service, job, plan.due, plan.fails) };
    const period = endOfPeriod(service);
    if (work === undefined || period === undefined) return work ?? period;
    return work.at <= period.at ? work : period;
  }

  function endOfPeriod(service: Mutable<HostingService>): Transition | undefined {
    const { cancellation, nextServiceRenewalDate: date, state } = service;
    if (state === 'deleted' || state === 'provisioning') return undefined;
    if (state === 'cancelled') {
      const at = latest(date, cancellation?.requestedAt ?? date);
      return { at, apply: () => end(service, at) };
    }
    return { at: date, apply: () => void (service.nextServiceRenewalDate = addMonths(date, 1)) };
  }

  return {
    services,
    add(init) {
      const hostingId = nextId();
      const now = clock.now();
      const state = init.state ?? 'active';
      const service: HostingService = {
        hostingId,
        domain: init.domain ?? `hosting-${count}.example`,
        state,
        suspended: init.suspended ?? false,
        nextServiceRenewalDate: init.nextServiceRenewalDate ?? addMonths(now, 1),
        created: now,
        modified: now,
        jobs: [],
        cancellation: null,
        timesCancelled: 0,
        ...(state === 'cancelled' || state === 'deleted' ? pastCancellation(nextId(), state, now) : {}),
      };
      services.set(hostingId, service);
      return service;
    },
    queue({ hostingId }, order, delayMs) {
      const service = services.get(hostingId);
      if (service === undefined) return;
      const created = clock.now();
      service.jobs = [...service.jobs, { ...order, status: 'new', created, finished: undefined }];
      plans.set(order.responseId, { due: new Date(created.getTime() + delayMs), fails: jobsToFail > 0 });
      jobsToFail = Math.max(0, jobsToFail - 1);
      if (order.type === 'cancelHosting') {
        service.cancellation = {
          when: order.immediate ? 'immediate' : 'end_of_period',
          reason: order.reason,
          requestedAt: created,
          effectiveAt: undefined,
        };
        service.timesCancelled += 1;
      }
      runTransitions(() => nextTransition(service), created);
    },
    failJobs(times) {
      jobsToFail = times;
    },
    nextId,
    tick() {
      for (const service of services.values()) runTransitions(() => nextTransition(service), clock.now());
    },
  };
}

/** What a cancellation before the sandbox's time has left behind. */
function pastCancellation(
  responseId: string,
  state: 'cancelled' | 'deleted',
  at: Date,
): Pick<HostingService, 'jobs' | 'cancellation' | 'timesCancelled'> {
  const immediate = state === 'deleted';
  const reason = 'order-1001';
  const job: HostingJob = {
    responseId,
    type: 'cancelHosting',
    status: 'done',
    immediate,
    reason,
    clientRequestId: undefined,
    created: at,
    finished: at,
  };
  const cancellation: SandboxCancellation = {
    when: immediate ? 'immediate' : 'end_of_period',
    reason,
    requestedAt: at,
    effectiveAt: immediate ? at : undefined,
  };
  return { jobs: [job], cancellation, timesCancelled: 1 };
}

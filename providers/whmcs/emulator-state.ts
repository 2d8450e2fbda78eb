import { addMonths, latest, midnightOf, nextMidnight } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxCancellation, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { type Transition, runTransitions } from '../../src/sandbox/kit/transitions.ts';

/** The statuses of a service in WHMCS. */
export type WhmcsServiceStatus =
  'Pending' | 'Active' | 'Suspended' | 'Terminated' | 'Cancelled' | 'Fraud' | 'Completed';

/** A service (a client's product) in the emulated WHMCS. */
export interface WhmcsService extends SandboxService {
  readonly serviceId: number;
  readonly clientId: number;
  readonly domain: string;
  readonly status: WhmcsServiceStatus;
  /** `null` for a service without a due date, which the API shows as `0000-00-00`. */
  readonly nextDueDate: Date | null;
  /** The password of the service itself, which `GetClientsProducts` gives away. */
  readonly password: string;
}

/** A cancellation request as WHMCS lists it. */
export interface WhmcsCancellationRequest {
  readonly requestId: number;
  readonly serviceId: number;
  readonly type: 'Immediate' | 'End of Billing Period';
  readonly reason: string;
  readonly date: Date;
}

/** The options of `sandbox.whmcs.add`; the rest is chosen. */
export interface WhmcsServiceInit {
  readonly domain?: string;
  /** Default `Active`. */
  readonly status?: WhmcsServiceStatus;
  /** Default: one month from now. */
  readonly nextDueDate?: Date | null;
}

/** The services and cancellation requests of the emulated WHMCS. */
export interface WhmcsState {
  readonly services: ReadonlyMap<number, WhmcsService>;
  readonly requests: ReadonlyMap<number, WhmcsCancellationRequest>;
  /** The service whose id is written so; `undefined` for anything that is not the id of one. */
  find(id: string | null): WhmcsService | undefined;
  add(init: WhmcsServiceInit): WhmcsService;
  requestCancellation(service: WhmcsService, when: SandboxCancellation['when'], reason: string): void;
  /** Removes the request of a service, as a person can in the admin area. */
  deleteRequest(service: WhmcsService): void;
  /** Ends a service, as a person can in the admin area. */
  terminate(service: WhmcsService): void;
  /** Runs the daily cron for every midnight that has passed. */
  tick(): void;
}

/** Makes a state without services; `automation` says whether the cron carries cancellations out. */
export function createWhmcsState(clock: EmulatorClock, automation: () => boolean): WhmcsState {
  const services = new Map<number, Mutable<WhmcsService>>();
  const requests = new Map<number, WhmcsCancellationRequest>();
  let lastServiceId = 100;
  let lastRequestId = 0;
  let lastTick = clock.now();

  function end(service: Mutable<WhmcsService>, at: Date): void {
    service.status = 'Cancelled';
    if (service.cancellation !== null) service.cancellation = { ...service.cancellation, effectiveAt: at };
  }

  function nextTransition(service: Mutable<WhmcsService>): Transition | undefined {
    const { cancellation, nextDueDate, status } = service;
    if (status !== 'Active' && status !== 'Suspended') return undefined;
    if (cancellation === null) {
      if (nextDueDate === null || status === 'Suspended') return undefined;
      return { at: nextDueDate, apply: () => void (service.nextDueDate = addMonths(nextDueDate, 1)) };
    }
    if (!automation()) return undefined;
    // Midnights before the last tick are over: a cron that passed a request by does not come back for it.
    const next = nextMidnight(latest(cancellation.requestedAt, lastTick));
    const due = nextDueDate ?? next;
    const firstAfterDue = midnightOf(due) < due ? nextMidnight(due) : due;
    const at = cancellation.when === 'immediate' ? next : latest(next, firstAfterDue);
    return { at, apply: () => end(service, at) };
  }

  return {
    services,
    requests,
    find: (id) => (id === null || !/^[1-9][0-9]*$/.test(id) ? undefined : services.get(Number(id))),
    add(init) {
      lastServiceId += 1;
      const service: WhmcsService = {
        serviceId: lastServiceId,
        clientId: 7,
        domain: init.domain ?? `service-${lastServiceId}.example`,
        status: init.status ?? 'Active',
        nextDueDate: init.nextDueDate === undefined ? addMonths(midnightOf(clock.now()), 1) : init.nextDueDate,
        password: `Service&Password<${lastServiceId}>`,
        cancellation: null,
        timesCancelled: 0,
      };
      services.set(service.serviceId, service);
      return service;
    },
    requestCancellation({ serviceId }, when, reason) {
      const service = services.get(serviceId);
      if (service === undefined) return;
      lastRequestId += 1;
      const date = clock.now();
      const type = when === 'immediate' ? 'Immediate' : 'End of Billing Period';
      requests.set(lastRequestId, { requestId: lastRequestId, serviceId, type, reason, date });
      service.cancellation = {
        when,
        reason: reason === '' ? undefined : reason,
        requestedAt: date,
        effectiveAt: undefined,
      };
      service.timesCancelled += 1;
    },
    deleteRequest({ serviceId }) {
      for (const [id, request] of requests) if (request.serviceId === serviceId) requests.delete(id);
      const service = services.get(serviceId);
      if (service?.cancellation?.effectiveAt === undefined && service !== undefined) service.cancellation = null;
    },
    terminate({ serviceId }) {
      const service = services.get(serviceId);
      if (service !== undefined) end(service, clock.now());
    },
    tick() {
      for (const service of services.values()) runTransitions(() => nextTransition(service), clock.now());
      lastTick = clock.now();
    },
  };
}

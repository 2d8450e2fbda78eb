import { addDays, addMonths, dateOnly, nextMidnight } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { runTransitions, type Transition } from '../../src/sandbox/kit/transitions.ts';

/** A service at the emulated portal. */
export interface HostbillSandboxService extends SandboxService {
  readonly serviceId: number;
  readonly status: 'Pending' | 'Active' | 'Suspended' | 'Terminated' | 'Cancelled';
  /** `2026-03-30`; it is renewed for a month on this day. */
  readonly nextDue: string;
}

/** What `sandbox.hostbill.add` can be given; the rest is chosen. */
export interface HostbillServiceInit {
  /** Default `Active`. */
  readonly status?: HostbillSandboxService['status'];
  /** Whether its cancellation for the end of the period is stored. Default `false`. */
  readonly cancelled?: boolean;
}

type Service = Mutable<HostbillSandboxService>;

/** The services of the emulated portal. */
export interface HostbillState {
  readonly services: ReadonlyMap<number, Service>;
  add(init: HostbillServiceInit): Service;
  /** Stores a request, which is carried out at a later midnight (UTC). */
  cancel(service: Service, immediate: boolean, reason: string): void;
}

/** Makes a state without services. */
export function createHostbillState(clock: EmulatorClock): HostbillState {
  const services = new Map<number, Service>();
  clock.onMove(() => {
    for (const service of services.values()) runTransitions(() => nextOf(service), clock.now());
  });

  const state: HostbillState = {
    services,
    add({ status = 'Active', cancelled = false }) {
      const service: Service = {
        serviceId: 60_411 + services.size,
        status,
        nextDue: dateOnly(addDays(clock.now(), 20)),
        ...UNCANCELLED,
      };
      services.set(service.serviceId, service);
      if (cancelled) state.cancel(service, false, 'ticket 3004');
      return service;
    },
    cancel(service, immediate, reason) {
      storeCancellation(service, clock, {
        when: immediate ? 'immediate' : 'end_of_period',
        reason,
        target: immediate ? nextMidnight(clock.now()) : new Date(service.nextDue),
      });
    },
  };
  return state;
}

/** The next thing that happens to a service by itself: its end, or its renewal. */
function nextOf(service: Service): Transition | undefined {
  const { cancellation, nextDue } = service;
  if (service.status === 'Terminated' || service.status === 'Cancelled') return undefined;
  if (cancellation?.target !== undefined) {
    const { target } = cancellation;
    return { at: target, apply: () => takeEffect(service, target) && (service.status = 'Terminated') };
  }
  const due = new Date(nextDue);
  return { at: due, apply: () => void (service.nextDue = dateOnly(addMonths(due, 1))) };
}

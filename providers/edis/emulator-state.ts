import { addMonths, latest, nextMidnight } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxCancellation, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { type Transition, runTransitions } from '../../src/sandbox/kit/transitions.ts';
import { type EdisBillingCycle, edisBillingCycles, edisCatalogue } from './emulator-catalogue.ts';

/** A virtual server at the emulated EDIS. */
export interface EdisService extends SandboxService {
  readonly serviceId: number;
  readonly kvmId: string;
  readonly orderId: number;
  readonly productId: number;
  readonly hostname: string;
  readonly billingCycle: EdisBillingCycle;
  /** `pending` until the first invoice is paid. */
  readonly status: 'pending' | 'active' | 'cancelled';
  /** The end of the paid period; a service that is not cancelled is renewed when it comes. */
  readonly nextDueDate: Date;
}

/** The options of `sandbox.edis.add`; the rest is chosen. */
export interface EdisServiceInit {
  readonly hostname?: string;
  readonly billingCycle?: EdisBillingCycle;
  readonly status?: 'pending' | 'active' | 'cancelled';
  /** Default: one billing cycle from now. */
  readonly nextDueDate?: Date;
}

/** The services and the stock of the emulated EDIS. */
export interface EdisState {
  readonly services: ReadonlyMap<number, EdisService>;
  /** Pieces left by product id. */
  readonly stock: Map<number, number>;
  byKvmId(id: string): EdisService | undefined;
  byServiceId(id: string): EdisService | undefined;
  add(init: EdisServiceInit & { readonly orderId?: number; readonly productId?: number }): EdisService;
  cancel(service: EdisService, when: SandboxCancellation['when']): void;
  /** An id for an order or an invoice. */
  nextId(): number;
  /** Applies what has fallen due. */
  tick(): void;
}

/** Makes a state without services. */
export function createEdisState(clock: EmulatorClock): EdisState {
  const services = new Map<number, Mutable<EdisService>>();
  const stock = new Map(edisCatalogue.map(({ pid }) => [pid, 10]));
  let lastServiceId = 500_100;
  let lastId = 241_000;

  function nextTransition(service: Mutable<EdisService>): Transition | undefined {
    const { cancellation, nextDueDate, status } = service;
    if (status === 'cancelled') return undefined;
    if (cancellation !== null) {
      const at =
        cancellation.when === 'immediate'
          ? nextMidnight(cancellation.requestedAt)
          : latest(nextDueDate, cancellation.requestedAt);
      const end = (): void => {
        service.status = 'cancelled';
        service.cancellation = { ...cancellation, effectiveAt: at };
      };
      return { at, apply: end };
    }
    if (status === 'pending') return undefined;
    const renew = (): void => {
      service.nextDueDate = addMonths(nextDueDate, edisBillingCycles[service.billingCycle]);
    };
    return { at: nextDueDate, apply: renew };
  }

  return {
    services,
    stock,
    byKvmId: (id) => [...services.values()].find(({ kvmId }) => kvmId === id),
    byServiceId: (id) => [...services.values()].find(({ serviceId }) => String(serviceId) === id),
    add(init) {
      lastServiceId += 1;
      const billingCycle = init.billingCycle ?? 'monthly';
      const service: EdisService = {
        serviceId: lastServiceId,
        kvmId: `kvm_${lastServiceId}_${lastServiceId.toString(36)}x`,
        orderId: init.orderId ?? (lastId += 1),
        productId: init.productId ?? 1814,
        hostname: init.hostname ?? `kvm${lastServiceId}`,
        billingCycle,
        status: init.status ?? 'active',
        nextDueDate: init.nextDueDate ?? addMonths(clock.now(), edisBillingCycles[billingCycle]),
        cancellation: null,
        timesCancelled: 0,
      };
      services.set(service.serviceId, service);
      return service;
    },
    cancel({ serviceId }, when) {
      const service = services.get(serviceId);
      if (service === undefined) return;
      service.cancellation = { when, reason: undefined, requestedAt: clock.now(), effectiveAt: undefined };
      service.timesCancelled += 1;
    },
    nextId: () => (lastId += 1),
    tick() {
      for (const service of services.values()) runTransitions(() => nextTransition(service), clock.now());
    },
  };
}

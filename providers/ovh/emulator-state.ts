import { addDays, addMonths, midnightOf } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { hexOf } from '../../src/sandbox/kit/made-up.ts';

/** A service at the emulated OVHcloud. */
export interface OvhEmulatedService extends SandboxService {
  readonly serviceId: number;
  readonly serviceName: string;
  /** The route of the product in the API: `vps`, `dedicated/server`, or another such as `hosting/web`. */
  readonly product: string;
  /** The end of the paid period. */
  readonly expiration: Date;
  /** The end of the commitment; `undefined` without one. */
  readonly engagementEnd: Date | undefined;
  /** Whether it is over. */
  readonly ended: boolean;
  /** What is to happen, in the API's words. */
  readonly pendingAction: OvhPendingAction | undefined;
  /** The token of the last e-mail; `undefined` if none was sent, or it was used. */
  readonly mailedToken: string | undefined;
}

/** A cancellation that waits for its date, in the API's words. `deleteAtExpiration` comes from `serviceInfos`. */
export type OvhPendingAction =
  'terminate' | 'terminateAtExpirationDate' | 'terminateAtEngagementDate' | 'deleteAtExpiration';

/** What `sandbox.ovh.add` can be given; the rest is chosen. */
export interface OvhServiceInit {
  /** Default `vps`. */
  readonly product?: string;
  /** Default: chosen. Two services of different products can have one name. */
  readonly serviceName?: string;
  /** Default: 20 days from now, at midnight UTC. */
  readonly expiration?: Date;
  /** Default: no commitment. */
  readonly engagementEnd?: Date;
  /** A cancellation from before. Default: none. */
  readonly pendingAction?: OvhPendingAction;
  /** Whether it is over. Default `false`. */
  readonly ended?: boolean;
}

type Service = Mutable<OvhEmulatedService>;

/** The services of the emulated OVHcloud. */
export interface OvhState {
  readonly services: ReadonlyMap<number, Service>;
  add(init: OvhServiceInit): Service;
  /** Sets what is to happen, or undoes it. */
  plan(service: Service, action: OvhPendingAction | undefined, reason?: string): void;
  /** Sends the e-mail with a token. */
  mail(service: Service): void;
}

// The API does not say how long a confirmed termination takes.
const TERMINATION_TAKES_MS = 2 * 3_600_000;

/** Makes a state without services. */
export function createOvhState(clock: EmulatorClock): OvhState {
  const services = new Map<number, Service>();
  let mails = 0;

  clock.onMove(() => {
    for (const service of services.values()) {
      if (takeEffect(service, clock.now())) Object.assign(service, { ended: true, pendingAction: undefined });
      while (!service.ended && service.expiration <= clock.now()) service.expiration = addMonths(service.expiration, 1);
    }
  });

  const state: OvhState = {
    services,
    add({ product = 'vps', serviceName, expiration, engagementEnd, pendingAction, ended = false }) {
      const count = services.size + 1;
      const hex = hexOf(`service ${count}`, 8);
      const service: Service = {
        serviceId: 7_310_000 + count * 17,
        serviceName:
          serviceName ?? (product === 'vps' ? `vps-${hex}.vps.ovh.net` : `ns${3_170_000 + count}.ip-203-0-113.eu`),
        product,
        expiration: expiration ?? addDays(midnightOf(clock.now()), 20),
        engagementEnd,
        ended,
        pendingAction: undefined,
        mailedToken: undefined,
        ...UNCANCELLED,
      };
      services.set(service.serviceId, service);
      if (pendingAction !== undefined) state.plan(service, pendingAction);
      return service;
    },
    plan(service, action, reason) {
      service.pendingAction = action;
      if (action === undefined) {
        service.cancellation = null;
        return;
      }
      const [when, target] = {
        terminate: ['immediate', new Date(clock.now().getTime() + TERMINATION_TAKES_MS)] as const,
        terminateAtExpirationDate: ['end_of_period', service.expiration] as const,
        deleteAtExpiration: ['end_of_period', service.expiration] as const,
        terminateAtEngagementDate: ['end_of_term', service.engagementEnd ?? service.expiration] as const,
      }[action];
      storeCancellation(service, clock, { when, reason, target });
    },
    mail(service) {
      mails += 1;
      service.mailedToken = hexOf(`mail ${mails}`, 24);
    },
  };
  return state;
}

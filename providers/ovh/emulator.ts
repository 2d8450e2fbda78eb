import { addMonths } from '../../src/sandbox/kit/calendar.ts';
import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
  foundService,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf, zeroOrMore } from '../../src/sandbox/kit/options.ts';
import { createOvhRoutes, type OvhCredentials, type OvhOptions, ovhError } from './emulator-routes.ts';
import { createOvhState, type OvhServiceInit, type OvhEmulatedService } from './emulator-state.ts';

export type { OvhCredentials, OvhOptions } from './emulator-routes.ts';
export type { OvhEmulatedService, OvhPendingAction, OvhServiceInit } from './emulator-state.ts';

/** A VPS or dedicated server by both of its ids, in the shape in which the adapter takes them. */
export interface OvhServiceIds {
  readonly serviceId: number;
  readonly serviceName: string;
  readonly product: 'vps' | 'dedicated/server';
}

/** Looks at and changes the state of the emulated OVHcloud. */
export interface OvhControls extends ProviderControls<OvhEmulatedService, number, OvhOptions> {
  /** What is there from the start, paid for 20 more days. */
  readonly seeded: {
    /** A VPS that is not cancelled. */
    readonly active: OvhServiceIds;
    /** A dedicated server with a commitment for 7 more months. */
    readonly engaged: OvhServiceIds;
    /** A VPS that ends with its period, by the service's own policy. */
    readonly cancelled: OvhServiceIds;
    /** The same, set through `serviceInfos`. */
    readonly deletedAtExpiration: OvhServiceIds;
    /** A VPS that is over. */
    readonly ended: OvhServiceIds;
  };
  /** Adds a service. */
  add(init?: OvhServiceInit): OvhEmulatedService;
  /**
   * The token in the last e-mail about a service.
   * @throws RangeError if there is no service with this id, or no e-mail that waits.
   */
  mailedToken(serviceId: number): string;
}

/** The credentials that the emulated OVHcloud accepts. */
export const ovhSandboxCredentials: OvhCredentials = {
  applicationKey: 'sandboxApplication42',
  applicationSecret: 'sandboxSecretOfApplication+/=7',
  consumerKey: 'sandboxConsumer/0123456789+=',
};

/** Emulates OVHcloud's API: services, their policies, terminations with a token by e-mail, and signed requests. */
export function createOvhEmulator({ clock }: EmulatorContext): Emulator<OvhControls> {
  const options = createOptions<OvhOptions>('ovh', {
    noContent: oneOf('null', 'empty'),
    terminationOfEnded: oneOf(460, 404),
    endedService: oneOf('shown', 'gone'),
    unconfirmedTermination: oneOf('hidden', 'shown'),
    undo: oneOf('works', 'ignored'),
    clockAheadS: zeroOrMore(4111),
  });
  const state = createOvhState(clock);
  const find = (id: number): OvhEmulatedService =>
    foundService('ovh', state.services.get(id), id, state.services.keys());
  const seed = (init: OvhServiceInit & { readonly product?: OvhServiceIds['product'] }): OvhServiceIds => {
    const { serviceId, serviceName } = state.add(init);
    return { serviceId, serviceName, product: init.product ?? 'vps' };
  };

  return {
    fetch: createOvhRoutes(state, clock, options.current, ovhSandboxCredentials),
    failure: (status) =>
      status === 429 ? ovhError(429, 'SLOW_DOWN', 'one at a time') : ovhError(status, 'BROKEN', 'it broke over here'),
    controls: {
      seeded: {
        active: seed({}),
        engaged: seed({ product: 'dedicated/server', engagementEnd: addMonths(clock.now(), 7) }),
        cancelled: seed({ pendingAction: 'terminateAtExpirationDate' }),
        deletedAtExpiration: seed({ pendingAction: 'deleteAtExpiration' }),
        ended: seed({ ended: true }),
      },
      ...controlsOf('ovh', { services: state.services, options }),
      add: (init = {}) => structuredClone(state.add(init)),
      mailedToken(serviceId) {
        const { mailedToken } = find(serviceId);
        if (mailedToken !== undefined) return mailedToken;
        throw new RangeError(`sandbox.ovh: no e-mail about ${serviceId} waits for its token.`);
      },
    },
  };
}

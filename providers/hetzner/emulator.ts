import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf, positiveIntegerOrNull } from '../../src/sandbox/kit/options.ts';
import { type HetznerOptions, createHetznerRoutes, robotError } from './emulator-routes.ts';
import { type HetznerServer, type HetznerServerInit, createHetznerState } from './emulator-state.ts';

export type { HetznerOptions } from './emulator-routes.ts';
export type { HetznerServer, HetznerServerInit } from './emulator-state.ts';

/** A server in the shape in which the adapter takes it. */
export interface HetznerServiceId {
  readonly serverNumber: number;
}

/** Looks at and changes the state of the emulated Hetzner Robot. */
export interface HetznerControls extends ProviderControls<HetznerServer, number, HetznerOptions> {
  /** What is there from the start. */
  readonly seeded: {
    /** A server that can end in 20 days. */
    readonly active: HetznerServiceId;
    /** A server that can end today. */
    readonly hourly: HetznerServiceId;
    /** A server that can end in 20 days, and whose location can be reserved. */
    readonly reservable: HetznerServiceId;
    /** A server that cannot be cancelled because it is being transferred. */
    readonly inTransfer: HetznerServiceId;
    /** A server that is cancelled for the day in 20 days. */
    readonly cancelled: HetznerServiceId;
  };
  /** Adds a server. */
  add(init?: HetznerServerInit): HetznerServer;
}

/** The login that the emulated Hetzner Robot accepts. */
export const hetznerSandboxLogin = { user: 'robot-sandbox', password: 'sandbox: Robot+/=%&42' } as const;

/** Emulates the web service of Hetzner Robot: the cancellation of dedicated servers. */
export function createHetznerEmulator({ clock }: EmulatorContext): Emulator<HetznerControls> {
  const options = createOptions<HetznerOptions>('hetzner', {
    nowTooEarly: oneOf('refused', 'ends_now', 'deferred'),
    otherReasons: oneOf('refused', 'stored'),
    endedServer: oneOf('gone', 'listed'),
    undo: oneOf('works', 'too_late', 'ignored'),
    requestsPerHour: positiveIntegerOrNull(null),
  });
  const state = createHetznerState(clock);
  const add = (init: HetznerServerInit = {}): HetznerServer => structuredClone(state.add(init));
  const seed = (init: HetznerServerInit): HetznerServiceId => ({ serverNumber: add(init).serverNumber });
  const { user, password } = hetznerSandboxLogin;

  return {
    fetch: createHetznerRoutes(state, clock, options.current, `${user}:${password}`),
    failure: (status) =>
      status === 429
        ? robotError(429, 'TOO_MANY', 'slow down')
        : robotError(status, 'INTERNAL_ERROR', 'it broke on our side'),
    controls: {
      seeded: {
        active: seed({}),
        hourly: seed({ noticeDays: 0 }),
        reservable: seed({ reservable: true }),
        inTransfer: seed({ inTransfer: true }),
        cancelled: seed({ cancelled: true }),
      },
      ...controlsOf('hetzner', { services: state.servers, options }),
      add,
    },
  };
}

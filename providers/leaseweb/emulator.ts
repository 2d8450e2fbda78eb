import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf } from '../../src/sandbox/kit/options.ts';
import { type LeasewebOptions, leasewebError } from './emulator-json.ts';
import { createLeasewebRoutes } from './emulator-routes.ts';
import { type LeasewebInit, type LeasewebThing, createLeasewebState } from './emulator-state.ts';

export type { LeasewebOptions } from './emulator-json.ts';
export type { LeasewebInit, LeasewebInstance, LeasewebProduct, LeasewebThing } from './emulator-state.ts';

/** A service of the Services API, in the shape in which the adapter takes it. */
export interface LeasewebServiceId {
  readonly serviceId: string;
}

/** An instance of Public Cloud, in the shape in which the adapter takes it. */
export interface LeasewebInstanceId {
  readonly instanceId: string;
}

/** Looks at and changes the state of the emulated Leaseweb. */
export interface LeasewebControls extends ProviderControls<LeasewebThing, string, LeasewebOptions> {
  /** What is there from the start. Contracts without a longer commitment end in 21 days, at midnight UTC. */
  readonly seeded: {
    /** A service that can be cancelled, at the end of its term. */
    readonly active: LeasewebServiceId;
    /** A service that is cancelled, which can be undone. */
    readonly cancelled: LeasewebServiceId;
    /** A service that cannot be cancelled. */
    readonly fixed: LeasewebServiceId;
    /** An hourly instance: a termination destroys it now. */
    readonly hourly: LeasewebInstanceId;
    /** A monthly instance without a commitment. */
    readonly monthly: LeasewebInstanceId;
    /** A monthly instance with a commitment of 12 months. */
    readonly committed: LeasewebInstanceId;
    /** A monthly instance that is terminated, which can be undone. */
    readonly terminated: LeasewebInstanceId;
  };
  /** Adds a service or an instance. */
  add(init?: LeasewebInit): LeasewebThing;
}

/** The key that the emulated Leaseweb accepts. */
export const leasewebSandboxKey = 'sandbox-key-0f1e2d3c-leaseweb';

/** Emulates Leaseweb: the Services API and Public Cloud, with their cancellations. */
export function createLeasewebEmulator({ clock }: EmulatorContext): Emulator<LeasewebControls> {
  const options = createOptions<LeasewebOptions>('leaseweb', {
    cancelledService: oneOf('flag', 'date_only'),
    repeatedCancellation: oneOf('refused', 'replaced'),
    ended: oneOf('gone', 'shown'),
    endsAt: oneOf('always', 'once_terminated'),
  });
  const state = createLeasewebState(clock);
  const add = (init: LeasewebInit = { kind: 'service' }): LeasewebThing => structuredClone(state.add(init));
  const service = (init: { cancellable?: boolean; cancelled?: boolean } = {}): LeasewebServiceId => ({
    serviceId: add({ kind: 'service', ...init }).id,
  });
  const monthly = (init: { term?: number; cancelled?: boolean } = {}): LeasewebInstanceId => ({
    instanceId: add({ kind: 'instance', contractType: 'MONTHLY', ...init }).id,
  });

  return {
    fetch: createLeasewebRoutes(state, clock, options.current, leasewebSandboxKey),
    failure: (status) => leasewebError(status, status === 429 ? 'not so fast' : 'it broke on our side'),
    controls: {
      seeded: {
        active: service(),
        cancelled: service({ cancelled: true }),
        fixed: service({ cancellable: false }),
        hourly: { instanceId: add({ kind: 'instance', contractType: 'HOURLY' }).id },
        monthly: monthly(),
        committed: monthly({ term: 12 }),
        terminated: monthly({ cancelled: true }),
      },
      ...controlsOf('leaseweb', { services: state.things, options }),
      add,
    },
  };
}

import { json } from '../../src/sandbox/kit/bodies.ts';
import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf, text } from '../../src/sandbox/kit/options.ts';
import { type HostbillCredentials, type HostbillOptions, createHostbillRoutes } from './emulator-routes.ts';
import { type HostbillSandboxService, type HostbillServiceInit, createHostbillState } from './emulator-state.ts';

export type { HostbillOptions } from './emulator-routes.ts';
export type { HostbillSandboxService, HostbillServiceInit } from './emulator-state.ts';

/** The id of a service, as a request takes it. */
export interface HostbillServiceId {
  readonly serviceId: number;
}

/** Looks at and changes the state of the emulated portal. */
export interface HostbillControls extends ProviderControls<HostbillSandboxService, number, HostbillOptions> {
  /** What is there from the start, paid for 20 more days. */
  readonly seeded: {
    readonly active: HostbillServiceId;
    readonly suspended: HostbillServiceId;
    /** Its cancellation for the end of the period is stored. The API does not show that. */
    readonly cancelled: HostbillServiceId;
    readonly terminated: HostbillServiceId;
  };
  /** Adds a service. */
  add(init?: HostbillServiceInit): HostbillSandboxService;
}

/** What the emulated portal accepts. */
export const hostbillSandboxCredentials: HostbillCredentials = {
  email: 'klient@example.com',
  password: 'hasło: z+1 & ó%?',
  token: 'sandboxpat_R2h-7fK0/9+Zt4',
};

/** Emulates the User API of a HostBill portal. */
export function createHostbillEmulator({ clock }: EmulatorContext): Emulator<HostbillControls> {
  const options = createOptions<HostbillOptions>('hostbill', {
    answers: oneOf('bare', 'wrapped'),
    acceptedText: text('cancell_sent'),
    repeatedCancel: oneOf('noted', 'refused', 'accepted'),
    errorStatus: oneOf(200, 400),
    unknownServiceStatus: oneOf(200, 404),
    loginStatus: oneOf(200, 401),
  });
  const state = createHostbillState(clock);
  const add = (init: HostbillServiceInit = {}): HostbillSandboxService => structuredClone(state.add(init));
  const seed = (init: HostbillServiceInit): HostbillServiceId => ({ serviceId: add(init).serviceId });

  return {
    fetch: createHostbillRoutes(state, clock, options.current, hostbillSandboxCredentials),
    failure: (status) => json(status, { error: [status === 429 ? 'Zbyt wiele zapytań' : 'Awaria serwera'] }),
    controls: {
      seeded: {
        active: seed({}),
        suspended: seed({ status: 'Suspended' }),
        cancelled: seed({ cancelled: true }),
        terminated: seed({ status: 'Terminated' }),
      },
      ...controlsOf('hostbill', { services: state.services, options }),
      add,
    },
  };
}

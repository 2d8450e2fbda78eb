import {
  type Emulator,
  type EmulatorContext,
  controlsOf,
  type ProviderControls,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf } from '../../src/sandbox/kit/options.ts';
import { contaboError, type ContaboOptions, createContaboRoutes } from './emulator-routes.ts';
import { type ContaboInstance, type ContaboInstanceInit, createContaboState } from './emulator-state.ts';

export { type ContaboOptions, contaboSandboxLogin } from './emulator-routes.ts';
export type { ContaboInstance, ContaboInstanceInit } from './emulator-state.ts';

/** An instance, in the shape in which the adapter takes it. */
export interface ContaboServiceId {
  readonly instanceId: number;
}

/** Looks at and changes the state of the emulated Contabo. */
export interface ContaboControls extends ProviderControls<ContaboInstance, number, ContaboOptions> {
  /** What is there from the start. It can end in 20 days, and on each later day. */
  readonly seeded: {
    readonly active: ContaboServiceId;
    /** Cancelled for its first possible day. */
    readonly cancelled: ContaboServiceId;
  };
  /** Adds an instance. */
  add(init?: ContaboInstanceInit): ContaboInstance;
  /** From now on, no token that was granted before is accepted. */
  expireTokens(): void;
}

/** Emulates Contabo's API: the login, and the cancellation of compute instances. */
export function createContaboEmulator({ clock }: EmulatorContext): Emulator<ContaboControls> {
  const options = createOptions<ContaboOptions>('contabo', {
    repeatedCancel: oneOf('refused', 'replaced'),
    noDate: oneOf('empty', 'null'),
    missingBody: oneOf('accepted', 'refused'),
    endedInstance: oneOf('gone', 'listed'),
    timeZone: oneOf('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo'),
  });
  const state = createContaboState(clock);
  const routes = createContaboRoutes(state, clock, options.current);
  const idOf = ({ instanceId }: ContaboInstance): ContaboServiceId => ({ instanceId });

  return {
    fetch: routes.fetch,
    failure: (status) => contaboError(status, status === 429 ? 'slow down' : 'it broke on our side'),
    controls: {
      seeded: { active: idOf(state.add()), cancelled: idOf(state.add({ cancelled: true })) },
      ...controlsOf('contabo', { services: state.instances, options }),
      add: state.add,
      expireTokens: routes.expireTokens,
    },
  };
}

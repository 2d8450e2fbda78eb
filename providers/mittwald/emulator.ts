import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf } from '../../src/sandbox/kit/options.ts';
import { type MittwaldOptions, createMittwaldRoutes, mittwaldError } from './emulator-routes.ts';
import { type MittwaldContract, type MittwaldContractInit, createMittwaldState } from './emulator-state.ts';

export type { MittwaldOptions } from './emulator-routes.ts';
export type { MittwaldContract, MittwaldContractInit, MittwaldItem } from './emulator-state.ts';

/** A contract, or one item of it, in the shape in which the adapter takes them. */
export interface MittwaldServiceId {
  readonly contractId: string;
  readonly contractItemId?: string;
}

/** Looks at and changes the state of the emulated mittwald. */
export interface MittwaldControls extends ProviderControls<MittwaldContract, string, MittwaldOptions> {
  /** What is there from the start. It can end in 20 days, at 22:59:59 UTC, and each month after. */
  readonly seeded: {
    /** A contract that is not terminated. */
    readonly active: MittwaldServiceId;
    /** An item of a contract, neither of them terminated. */
    readonly item: MittwaldServiceId;
    /** A contract that is terminated for its first possible end. */
    readonly cancelled: MittwaldServiceId;
    /** The same, and the termination cannot be withdrawn. */
    readonly final: MittwaldServiceId;
    /** A contract that cannot be terminated. */
    readonly fixed: MittwaldServiceId;
  };
  /** Adds a contract with a base item and another one. */
  add(init?: MittwaldContractInit): MittwaldContract;
}

/** The token that the emulated mittwald accepts. */
export const mittwaldSandboxToken = 'sandboxTokenOfMittwald+/=0123456789';

/** Emulates mittwald's API: contracts, their items, and the terminations of both. */
export function createMittwaldEmulator({ clock }: EmulatorContext): Emulator<MittwaldControls> {
  const options = createOptions<MittwaldOptions>('mittwald', {
    repeatedTermination: oneOf('refused', 'replaced'),
    endedContract: oneOf('listed', 'gone'),
    undo: oneOf('works', 'declined'),
  });
  const state = createMittwaldState(clock);
  const add = (init: MittwaldContractInit = {}): MittwaldContract => structuredClone(state.add(init));
  const idOf = ({ contractId }: MittwaldContract): MittwaldServiceId => ({ contractId });
  const active = add();
  const { contractId, items } = add();

  return {
    fetch: createMittwaldRoutes(state, clock, options.current, mittwaldSandboxToken),
    failure: (status) =>
      status === 429
        ? mittwaldError(429, 'TooMany', 'slow down')
        : mittwaldError(status, 'Breakdown', 'it broke on our side'),
    controls: {
      seeded: {
        active: idOf(active),
        item: { contractId, contractItemId: items[1]?.contractItemId ?? '' },
        cancelled: idOf(add({ terminated: true })),
        final: idOf(add({ terminated: true, undoForbidden: true })),
        fixed: idOf(add({ nextPossibleEnd: null })),
      },
      ...controlsOf('mittwald', { services: state.contracts, find: state.find, options }),
      add,
    },
  };
}

import { addDays, addMonths, dateOnly } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { uuidOf } from '../../src/sandbox/kit/made-up.ts';

/** A contract at the emulated mittwald. */
export interface MittwaldContract extends SandboxService {
  readonly contractId: string;
  readonly contractNumber: string;
  /** Whether its termination has taken effect. */
  readonly ended: boolean;
  /** The first possible end, and the day of every later one; `undefined` if it cannot be terminated. */
  readonly nextPossibleEnd: Date | undefined;
  /** Whether a termination cannot be withdrawn. */
  readonly undoForbidden: boolean;
  /** The base item first. */
  readonly items: readonly MittwaldItem[];
}

/** An item of a contract. */
export interface MittwaldItem extends SandboxService {
  readonly contractItemId: string;
}

/** What `sandbox.mittwald.add` can be given; the rest is chosen. */
export interface MittwaldContractInit {
  /** Default: 20 days from now, at 22:59:59 UTC. `null`: it cannot be terminated. */
  readonly nextPossibleEnd?: Date | null;
  /** Default `false`. */
  readonly undoForbidden?: boolean;
  /** Whether it is terminated already. Default `false`. */
  readonly terminated?: boolean;
}

/** The state of a thing that can be terminated: a contract or an item. */
export type Terminable = Mutable<SandboxService>;

type Contract = Mutable<Omit<MittwaldContract, 'items'>> & { readonly items: readonly Mutable<MittwaldItem>[] };

/** The contracts of the emulated mittwald. */
export interface MittwaldState {
  readonly contracts: ReadonlyMap<string, Contract>;
  /** By UUID or number. */
  find(id: string): Contract | undefined;
  add(init: MittwaldContractInit): Contract;
  /**
   * The end of the period on the day of `target`, or the next one if no target is given; `undefined` if no period ends
   * on that day.
   */
  endFor(contract: MittwaldContract, target: Date | undefined): Date | undefined;
  terminate(contract: Contract, item: Terminable | undefined, end: Date, reason: string | undefined): void;
}

/** Makes a state without contracts. */
export function createMittwaldState(clock: EmulatorClock): MittwaldState {
  const contracts = new Map<string, Contract>();

  clock.onMove(() => {
    for (const contract of contracts.values()) {
      if (takeEffect(contract, clock.now())) contract.ended = true;
      for (const item of contract.items) takeEffect(item, clock.now());
    }
  });

  const state: MittwaldState = {
    contracts,
    find: (id) => contracts.get(id) ?? [...contracts.values()].find(({ contractNumber }) => contractNumber === id),
    add({ nextPossibleEnd, undoForbidden = false, terminated = false }) {
      const count = contracts.size + 1;
      const usual = new Date(`${dateOnly(addDays(clock.now(), 20))}T22:59:59.000Z`);
      const contract: Contract = {
        contractId: uuidOf(`mittwald contract ${count}`),
        contractNumber: `V${20_410_000 + count}`,
        ended: false,
        nextPossibleEnd: nextPossibleEnd === null ? undefined : (nextPossibleEnd ?? usual),
        undoForbidden,
        ...UNCANCELLED,
        items: ['base item', 'item'].map((name) => ({
          contractItemId: uuidOf(`mittwald ${name} of ${count}`),
          ...UNCANCELLED,
        })),
      };
      contracts.set(contract.contractId, contract);
      if (terminated) state.terminate(contract, undefined, contract.nextPossibleEnd ?? usual, 'ticket 1001');
      return contract;
    },
    endFor({ nextPossibleEnd: first }, target) {
      if (first === undefined || target === undefined) return first;
      const ends = Array.from({ length: 120 }, (_, months) => addMonths(first, months));
      return ends.find((end) => dateOnly(end) === dateOnly(target));
    },
    terminate(contract, item, target, reason) {
      // A contract takes its items with it.
      for (const one of item === undefined ? [contract, ...contract.items] : [item]) {
        storeCancellation(one, clock, { when: { on: dateOnly(target) }, reason, target });
      }
    },
  };
  return state;
}

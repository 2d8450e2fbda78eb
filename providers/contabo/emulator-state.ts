import { addDays, addMonths, dateOnly, midnightOf } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';

/** An instance at the emulated Contabo. */
export interface ContaboInstance extends SandboxService {
  readonly instanceId: number;
  /** The first possible day of a cancellation. */
  readonly earliest: string;
  /** The day for which it is cancelled; empty if it is not. */
  readonly cancelDate: string;
  /** Whether its cancellation has taken effect. */
  readonly ended: boolean;
}

/** What `sandbox.contabo.add` can be given. */
export interface ContaboInstanceInit {
  /** Whether it is cancelled already, for its first possible day. Default `false`. */
  readonly cancelled?: boolean;
}

/** The instances of the emulated Contabo. */
export interface ContaboState {
  readonly instances: ReadonlyMap<number, Mutable<ContaboInstance>>;
  add(init?: ContaboInstanceInit): ContaboInstance;
  cancel(instance: Mutable<ContaboInstance>, day: string): void;
}

/** Makes a state without instances. */
export function createContaboState(clock: EmulatorClock): ContaboState {
  const instances = new Map<number, Mutable<ContaboInstance>>();

  clock.onMove(() => {
    for (const instance of instances.values()) {
      if (takeEffect(instance, clock.now())) instance.ended = true;
      // What nobody cancelled is renewed for another month.
      while (instance.earliest <= dateOnly(clock.now())) {
        instance.earliest = dateOnly(addMonths(new Date(instance.earliest), 1));
      }
    }
  });

  const state: ContaboState = {
    instances,
    add({ cancelled = false } = {}) {
      const instance: Mutable<ContaboInstance> = {
        instanceId: 204_100 + instances.size,
        earliest: dateOnly(addDays(clock.now(), 20)),
        cancelDate: '',
        ended: false,
        ...UNCANCELLED,
      };
      instances.set(instance.instanceId, instance);
      if (cancelled) state.cancel(instance, instance.earliest);
      return structuredClone(instance);
    },
    cancel(instance, day) {
      instance.cancelDate = day;
      storeCancellation(instance, clock, { when: { on: day }, target: midnightOf(new Date(day)) });
    },
  };
  return state;
}

import { addDays, addMonths, midnightOf } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';
import { uuidOf } from '../../src/sandbox/kit/made-up.ts';

/** A service of the emulated Services API, or an instance of the emulated Public Cloud. */
export type LeasewebThing = LeasewebProduct | LeasewebInstance;

/** A service of the emulated Services API. */
export interface LeasewebProduct extends SandboxService {
  readonly kind: 'service';
  readonly id: string;
  /** Whether it can be cancelled at all. */
  readonly cancellable: boolean;
  readonly contractTermEnd: Date;
  /** Whether it is over. */
  readonly ended: boolean;
}

/** An instance of the emulated Public Cloud. */
export interface LeasewebInstance extends SandboxService {
  readonly kind: 'instance';
  readonly id: string;
  readonly contractType: 'HOURLY' | 'MONTHLY';
  /** The commitment in months; 0 for none. */
  readonly term: number;
  /** When the contract ends if it is terminated; `undefined` for an hourly one. */
  readonly contractEnd: Date | undefined;
  /** Whether it is over. */
  readonly ended: boolean;
}

/** What `sandbox.leaseweb.add` can be given; the rest is chosen. */
export type LeasewebInit =
  | { readonly kind: 'service'; readonly cancellable?: boolean; readonly cancelled?: boolean }
  | { readonly kind: 'instance'; readonly contractType: 'HOURLY' }
  | {
      readonly kind: 'instance';
      readonly contractType: 'MONTHLY';
      /** Default 0. */
      readonly term?: number;
      readonly cancelled?: boolean;
    };

type Thing = Mutable<LeasewebProduct> | Mutable<LeasewebInstance>;

/** What the emulated Leaseweb holds. */
export interface LeasewebState {
  readonly things: ReadonlyMap<string, Thing>;
  product(id: string): Mutable<LeasewebProduct> | undefined;
  instance(id: string): Mutable<LeasewebInstance> | undefined;
  add(init: LeasewebInit): Thing;
  /** Cancels it for its own date: services and monthly instances at the end of their contract, hourly ones now. */
  cancel(thing: Thing, reason: string | undefined): void;
}

/** A terminated hourly instance is still there for this long. */
const DESTROYING_MS = 25_000;

/** Makes an empty state. */
export function createLeasewebState(clock: EmulatorClock): LeasewebState {
  const things = new Map<string, Thing>();

  clock.onMove(() => {
    for (const thing of things.values()) if (takeEffect(thing, clock.now())) thing.ended = true;
  });

  const state: LeasewebState = {
    things,
    product(id) {
      const thing = things.get(id);
      return thing?.kind === 'service' ? thing : undefined;
    },
    instance(id) {
      const thing = things.get(id.toLowerCase());
      return thing?.kind === 'instance' ? thing : undefined;
    },
    add(init) {
      const count = things.size + 1;
      const unused = { ...UNCANCELLED, ended: false };
      const end = addDays(midnightOf(clock.now()), 21);
      const { kind } = init;
      const thing: Thing =
        kind === 'service'
          ? {
              kind,
              id: `${30_000_000_000 + count}`,
              cancellable: init.cancellable ?? true,
              contractTermEnd: end,
              ...unused,
            }
          : {
              kind,
              id: uuidOf(`leaseweb ${count}`),
              term: 0,
              contractEnd: undefined,
              contractType: init.contractType,
              ...unused,
            };
      if (thing.kind === 'instance' && init.kind === 'instance' && init.contractType === 'MONTHLY') {
        thing.term = init.term ?? 0;
        thing.contractEnd = addMonths(end, thing.term);
      }
      things.set(thing.id, thing);
      if ('cancelled' in init && init.cancelled) state.cancel(thing, 'ticket 77');
      return thing;
    },
    cancel(thing, reason) {
      const end = thing.kind === 'service' ? thing.contractTermEnd : thing.contractEnd;
      const target = end ?? new Date(clock.now().getTime() + DESTROYING_MS);
      const isTerm = thing.kind === 'service' || thing.term > 1;
      const when = end === undefined ? 'immediate' : isTerm ? 'end_of_term' : 'end_of_period';
      storeCancellation(thing, clock, { when, reason, target });
    },
  };
  return state;
}

import { addDays, dateOnly, nextMidnight } from '../../src/sandbox/kit/calendar.ts';
import { storeCancellation, takeEffect, UNCANCELLED } from '../../src/sandbox/kit/cancellation.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxService } from '../../src/sandbox/kit/emulator.ts';

/** A dedicated server at the emulated Hetzner Robot. */
export interface HetznerServer extends SandboxService {
  readonly serverNumber: number;
  readonly name: string;
  /** How many days lie between now and the earliest possible end. 0: it can end today. */
  readonly noticeDays: number;
  /** Whether its location can be reserved, so that a cancellation has to say whether it shall be. */
  readonly reservable: boolean;
  /** Whether its location stays reserved after its end. */
  readonly reserved: boolean;
  /** Whether it is being transferred, so that it cannot be cancelled. */
  readonly inTransfer: boolean;
  /** Whether it has ended. */
  readonly ended: boolean;
}

/** What `sandbox.hetzner.add` can be given; the rest is chosen. */
export interface HetznerServerInit {
  /** Default 20. */
  readonly noticeDays?: number;
  /** Default `false`. */
  readonly reservable?: boolean;
  /** Default `false`. */
  readonly inTransfer?: boolean;
  /** Whether it is cancelled already, for its earliest possible end. Default `false`. */
  readonly cancelled?: boolean;
}

/** What a cancellation asks for. */
export interface HetznerCancellation {
  /** A day, or `now`. */
  readonly date: string;
  readonly reason: string | undefined;
  readonly reserved: boolean;
}

/** The emulator's own copy of a server. */
export type OwnServer = Mutable<HetznerServer>;

/** The servers of the emulated Hetzner Robot. */
export interface HetznerState {
  readonly servers: ReadonlyMap<number, OwnServer>;
  add(init: HetznerServerInit): OwnServer;
  /** `2026-03-30`, in UTC. */
  earliestEndOf(server: HetznerServer): string;
  cancel(server: OwnServer, asked: HetznerCancellation): void;
}

/** Makes a state without servers. */
export function createHetznerState(clock: EmulatorClock): HetznerState {
  const servers = new Map<number, OwnServer>();

  function endWhatIsDue(): void {
    for (const server of servers.values()) {
      if (takeEffect(server, clock.now())) server.ended = true;
    }
  }
  clock.onMove(endWhatIsDue);

  const state: HetznerState = {
    servers,
    add({ noticeDays = 20, reservable = false, inTransfer = false, cancelled = false }) {
      const serverNumber = 2_041_001 + servers.size;
      const unset = { ...UNCANCELLED, reserved: false, ended: false };
      const server: OwnServer = {
        serverNumber,
        name: `sandbox-${serverNumber}`,
        noticeDays,
        reservable,
        inTransfer,
        ...unset,
      };
      servers.set(serverNumber, server);
      if (cancelled) state.cancel(server, { date: state.earliestEndOf(server), reason: undefined, reserved: false });
      return server;
    },
    earliestEndOf: ({ noticeDays }) => dateOnly(addDays(clock.now(), noticeDays)),
    cancel(server, { date, reason, reserved }) {
      const isNow = date === 'now';
      storeCancellation(server, clock, {
        when: isNow ? 'immediate' : { on: date },
        reason,
        target: isNow ? clock.now() : nextMidnight(new Date(date)),
      });
      server.reserved = reserved;
      endWhatIsDue();
    },
  };
  return state;
}

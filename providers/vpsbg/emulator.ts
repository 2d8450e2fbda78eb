import { addDays } from '../../src/sandbox/kit/calendar.ts';
import {
  type Emulator,
  type EmulatorContext,
  type Mutable,
  type ProviderControls,
  controlsOf,
  foundService,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf } from '../../src/sandbox/kit/options.ts';
import type { VpsbgOptions } from './emulator-options.ts';
import { type VpsbgTokens, createVpsbgRoutes, vpsbgFailure } from './emulator-routes.ts';
import { createVpsbgState } from './emulator-state.ts';
import type { VpsbgFloatingIp, VpsbgServer, VpsbgServerInit } from './emulator-types.ts';

export type { VpsbgOptions } from './emulator-options.ts';
export type { VpsbgAddon, VpsbgFloatingIp, VpsbgServer, VpsbgServerInit } from './emulator-types.ts';

/** The id of a server, in the shape in which the adapter takes it. */
export interface VpsbgServerId {
  readonly serverId: number;
}

/** Looks at and changes the state of the emulated VPSBG. */
export interface VpsbgControls extends ProviderControls<VpsbgServer, number, VpsbgOptions> {
  /** The servers that are there from the start. */
  readonly seeded: {
    /** Active and not cancelled, paid for 20 more days. */
    readonly active: VpsbgServerId;
    /** Active, with a cancel request for the end of the period. */
    readonly cancelled: VpsbgServerId;
    /** Active, and locked by an operation that is running. */
    readonly locked: VpsbgServerId;
    /** Suspended, and not cancelled. */
    readonly suspended: VpsbgServerId;
    /** Terminated without a cancel request. */
    readonly terminated: VpsbgServerId;
  };
  /** Adds a server. */
  add(init?: VpsbgServerInit): VpsbgServer;
  /**
   * Locks a server: cancelling it answers 423. With `landing`, the refused cancellation is carried out 30 seconds
   * later (by the sandbox's clock) all the same, as the real API has been seen to do.
   * @throws RangeError on an unknown id.
   */
  lock(serverId: number, options?: { readonly landing?: boolean }): void;
  /**
   * Unlocks a server.
   * @throws RangeError on an unknown id.
   */
  unlock(serverId: number): void;
  /** Adds a floating IP, pointing to a server or nowhere. */
  addFloatingIp(serverId?: number): VpsbgFloatingIp;
  /** A snapshot of every floating IP; one, pointing to the active server, is there from the start. */
  floatingIps(): readonly VpsbgFloatingIp[];
}

/** The tokens that the emulated VPSBG accepts: `write` for every call, `read` for GET only. */
export const vpsbgSandboxTokens: VpsbgTokens = {
  write: '71|sandboxWriteTokenOfVpsbg0123456789abcdef',
  read: '72|sandboxReadTokenOfVpsbg0123456789abcdefg',
};

/** Emulates the VPSBG API: servers with their cancel requests, addons and floating IPs. */
export function createVpsbgEmulator({ clock }: EmulatorContext): Emulator<VpsbgControls> {
  const options = createOptions<VpsbgOptions>('vpsbg', {
    cancelAnswer: oneOf('no_content', 'empty_object'),
    repeatedCancel: oneOf('accepted', 'refused'),
    unknownServer: oneOf('not_found', 'invalid'),
    partlyBadList: oneOf('refused', 'partly_executed', 'skipped'),
    cancelRequest: oneOf('typed', 'with_now', 'flag'),
    undo: oneOf('works', 'ignored', 'absent'),
    addonCancelRequest: oneOf('hidden', 'shown'),
    terminated: oneOf('shown', 'gone'),
  });
  const state = createVpsbgState(clock);
  const landing = new Set<number>();
  clock.onMove(() => state.tick());

  const expiryAt = addDays(clock.now(), 20);
  const active = state.add({ expiryAt });
  const cancelled = state.add({ expiryAt });
  state.cancel(cancelled, { now: false, reason: 'No longer needed' });
  const locked = state.add({ expiryAt, locked: true });
  const suspended = state.add({ expiryAt, status: 'suspended' });
  const terminated = state.add({ expiryAt: addDays(clock.now(), -10), status: 'terminated' });
  state.addFloatingIp(active.serverId);

  const known = (serverId: number): Mutable<VpsbgServer> =>
    foundService('vpsbg', state.servers.get(serverId), serverId, state.servers.keys());

  return {
    fetch: createVpsbgRoutes(state, options.current, vpsbgSandboxTokens, landing),
    failure: vpsbgFailure,
    controls: {
      seeded: {
        active: idOf(active),
        cancelled: idOf(cancelled),
        locked: idOf(locked),
        suspended: idOf(suspended),
        terminated: idOf(terminated),
      },
      ...controlsOf('vpsbg', { services: state.servers, options }),
      add: (init = {}) => structuredClone(state.add(init)),
      lock(serverId, { landing: lands = false } = {}) {
        known(serverId).locked = true;
        if (lands) landing.add(serverId);
        else landing.delete(serverId);
      },
      unlock(serverId) {
        known(serverId).locked = false;
        landing.delete(serverId);
      },
      addFloatingIp: (serverId) => structuredClone(state.addFloatingIp(serverId ?? null)),
      floatingIps: () => structuredClone([...state.floatingIps.values()]),
    },
  };
}

function idOf({ serverId }: VpsbgServer): VpsbgServerId {
  return { serverId };
}

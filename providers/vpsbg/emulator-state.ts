import { addDays, addMonths, latest } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { Mutable, SandboxCancellation } from '../../src/sandbox/kit/emulator.ts';
import { type Transition, runTransitions } from '../../src/sandbox/kit/transitions.ts';
import type { VpsbgCancelOrder, VpsbgFloatingIp, VpsbgServer, VpsbgServerInit } from './emulator-types.ts';

/** The servers and floating IPs of the emulated VPSBG. */
export interface VpsbgState {
  readonly servers: Map<number, Mutable<VpsbgServer>>;
  readonly floatingIps: Map<number, Mutable<VpsbgFloatingIp>>;
  add(init: VpsbgServerInit): Mutable<VpsbgServer>;
  addFloatingIp(serverId: number | null): VpsbgFloatingIp;
  cancel(server: Mutable<VpsbgServer>, order: VpsbgCancelOrder): void;
  /** Notes an order that was refused because the server is locked; it is carried out half a minute later anyway. */
  cancelLater(server: Mutable<VpsbgServer>, order: VpsbgCancelOrder): void;
  /** Takes a cancellation back, unless the server is terminated already. */
  undo(server: Mutable<VpsbgServer>): void;
  cancelAddon(server: Mutable<VpsbgServer>, addonId: number, order: VpsbgCancelOrder): void;
  cancelFloatingIp(floatingIp: Mutable<VpsbgFloatingIp>, order: VpsbgCancelOrder): void;
  undoAddon(server: Mutable<VpsbgServer>, addonId: number): void;
  undoFloatingIp(floatingIp: Mutable<VpsbgFloatingIp>): void;
  /** Applies what has fallen due. */
  tick(): void;
}

/** From the suspension by a cancellation to the termination; the real time is not documented. */
const suspendedDays = 1;
/** After a response of 423, the action was seen to land tens of seconds later. */
const landingSeconds = 30;

/** Makes a state without servers. */
export function createVpsbgState(clock: EmulatorClock): VpsbgState {
  const servers = new Map<number, Mutable<VpsbgServer>>();
  const floatingIps = new Map<number, Mutable<VpsbgFloatingIp>>();
  let landings: readonly { readonly at: Date; readonly apply: () => void }[] = [];
  let lastId = 7300;

  function cancellation(order: VpsbgCancelOrder, requestedAt: Date = clock.now()): SandboxCancellation {
    return {
      when: order.now ? 'immediate' : 'end_of_period',
      reason: order.reason,
      requestedAt,
      effectiveAt: undefined,
    };
  }

  function cancel(server: Mutable<VpsbgServer>, order: VpsbgCancelOrder, at: Date = clock.now()): void {
    server.cancellation = cancellation(order, at);
    server.timesCancelled += 1;
    if (order.now) server.status = 'suspended';
  }

  function nextTransition(server: Mutable<VpsbgServer>): Transition | undefined {
    const { cancellation: standing, expiryAt, status } = server;
    if (status === 'terminated') return undefined;
    if (standing !== null) {
      const suspendedAt = standing.when === 'immediate' ? standing.requestedAt : latest(expiryAt, standing.requestedAt);
      const suspend = (): void => {
        server.status = 'suspended';
        endAddons(server, suspendedAt);
      };
      if (status === 'active') return { at: suspendedAt, apply: suspend };
      const at = addDays(suspendedAt, suspendedDays);
      const terminate = (): void => {
        server.status = 'terminated';
        server.cancellation = { ...standing, effectiveAt: at };
        endAddons(server, at);
      };
      return { at, apply: terminate };
    }
    if (status === 'suspended') return undefined;
    const endPeriod = (): void => {
      endAddons(server, expiryAt);
      if (server.autoRenew) server.expiryAt = addMonths(expiryAt, 1);
      else server.status = 'suspended';
    };
    return { at: expiryAt, apply: endPeriod };
  }

  function endFloatingIp(floatingIp: Mutable<VpsbgFloatingIp>, at: Date): void {
    if (floatingIp.cancellation === null) return;
    floatingIp.cancellation = { ...floatingIp.cancellation, effectiveAt: at };
    const server = floatingIp.serverId === null ? undefined : servers.get(floatingIp.serverId);
    if (server !== undefined) server.reboots += 1;
    floatingIp.serverId = null;
  }

  function nextEndOfFloatingIp(floatingIp: Mutable<VpsbgFloatingIp>): Transition | undefined {
    const { cancellation: standing, expiryAt } = floatingIp;
    if (standing?.effectiveAt !== undefined) return undefined;
    if (standing !== null) {
      const at = latest(expiryAt, standing.requestedAt);
      return { at, apply: () => endFloatingIp(floatingIp, at) };
    }
    return { at: expiryAt, apply: () => void (floatingIp.expiryAt = addMonths(expiryAt, 1)) };
  }

  function settleServers(now: Date): void {
    for (const server of servers.values()) runTransitions(() => nextTransition(server), now);
  }

  return {
    servers,
    floatingIps,
    add(init) {
      lastId += 1;
      const server: Mutable<VpsbgServer> = {
        serverId: lastId,
        hostname: init.hostname ?? `vps${lastId}.example.com`,
        status: init.status ?? 'active',
        locked: init.locked ?? false,
        autoRenew: init.autoRenew ?? true,
        expiryAt: init.expiryAt ?? addMonths(clock.now(), 1),
        addons: [{ addonId: lastId * 10 + 1, name: 'Backup', cancellation: null }],
        reboots: 0,
        cancellation: null,
        timesCancelled: 0,
      };
      servers.set(server.serverId, server);
      return server;
    },
    addFloatingIp(serverId) {
      const floatingIpId = 600 + floatingIps.size + 1;
      const address = `203.0.113.${(floatingIps.size % 250) + 1}`;
      const expiryAt = addMonths(clock.now(), 1);
      const floatingIp: VpsbgFloatingIp = { floatingIpId, address, serverId, expiryAt, cancellation: null };
      floatingIps.set(floatingIpId, floatingIp);
      return floatingIp;
    },
    cancel: (server, order) => cancel(server, order),
    cancelLater(server, order) {
      const at = new Date(clock.now().getTime() + landingSeconds * 1000);
      const apply = (): void => {
        if (server.status !== 'terminated') cancel(server, order, at);
      };
      landings = [...landings, { at, apply }];
    },
    undo(server) {
      if (server.cancellation?.when === 'immediate') server.status = 'active';
      server.cancellation = null;
    },
    cancelAddon(server, addonId, order) {
      server.addons = server.addons.map((addon) =>
        addon.addonId === addonId ? { ...addon, cancellation: cancellation(order) } : addon,
      );
      if (order.now) endAddons(server, clock.now(), addonId);
    },
    cancelFloatingIp(floatingIp, order) {
      floatingIp.cancellation = cancellation(order);
      if (order.now) endFloatingIp(floatingIp, clock.now());
    },
    undoAddon(server, addonId) {
      server.addons = server.addons.map((addon) =>
        addon.addonId === addonId ? { ...addon, cancellation: null } : addon,
      );
    },
    undoFloatingIp(floatingIp) {
      floatingIp.cancellation = null;
    },
    tick() {
      const now = clock.now();
      const due = landings.filter(({ at }) => at <= now);
      landings = landings.filter(({ at }) => at > now);
      for (const landing of due) {
        settleServers(landing.at);
        landing.apply();
      }
      settleServers(now);
      for (const floatingIp of floatingIps.values()) runTransitions(() => nextEndOfFloatingIp(floatingIp), now);
    },
  };
}

/** Marks the cancelled addons of a server, or one of them, as over. */
function endAddons(server: Mutable<VpsbgServer>, at: Date, addonId?: number): void {
  server.addons = server.addons.map((addon) =>
    addon.cancellation === null ||
    addon.cancellation.effectiveAt !== undefined ||
    addon.addonId !== (addonId ?? addon.addonId)
      ? addon
      : { ...addon, cancellation: { ...addon.cancellation, effectiveAt: at } },
  );
}

import type { SandboxCancellation, SandboxService } from '../../src/sandbox/kit/emulator.ts';

/** A server at the emulated VPSBG. */
export interface VpsbgServer extends SandboxService {
  readonly serverId: number;
  readonly hostname: string;
  readonly status: 'active' | 'suspended' | 'terminated';
  readonly locked: boolean;
  readonly autoRenew: boolean;
  /** The end of the paid month. */
  readonly expiryAt: Date;
  readonly addons: readonly VpsbgAddon[];
  /** How many times the server was rebooted because a floating IP was taken from it. */
  readonly reboots: number;
}

/** An addon of a server; its paid month is the server's. */
export interface VpsbgAddon {
  readonly addonId: number;
  readonly name: string;
  readonly cancellation: SandboxCancellation | null;
}

/** A floating IP address. */
export interface VpsbgFloatingIp {
  readonly floatingIpId: number;
  readonly address: string;
  /** The server that it points to; `null` when it points nowhere. */
  readonly serverId: number | null;
  /** The end of the paid month. */
  readonly expiryAt: Date;
  readonly cancellation: SandboxCancellation | null;
}

/** The options of `sandbox.vpsbg.add`; the rest is chosen. */
export interface VpsbgServerInit {
  readonly hostname?: string;
  readonly status?: 'active' | 'suspended' | 'terminated';
  readonly locked?: boolean;
  /** Default true. */
  readonly autoRenew?: boolean;
  /** Default: one month from now. */
  readonly expiryAt?: Date;
}

/** What a caller asks for when it cancels something. */
export interface VpsbgCancelOrder {
  readonly now: boolean;
  readonly reason: string | undefined;
}

import * as v from 'valibot';
import { numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** What can be cancelled at VPSBG: a server, an addon of a server, or a floating IP. */
export type VpsbgService =
  | {
      /** The number of the server, as `GET /v1/servers` lists it. */
      readonly serverId: number | string;
      readonly addonId?: never;
      readonly floatingIpId?: never;
    }
  | {
      readonly serverId: number | string;
      /** The number of the addon, as the server lists it. */
      readonly addonId: number | string;
      readonly floatingIpId?: never;
    }
  | {
      /** The number of the floating IP. Servers that it points to are rebooted. */
      readonly floatingIpId: number | string;
      readonly serverId?: never;
      readonly addonId?: never;
    };

/** The checked reference. */
export type ResolvedVpsbgService = VpsbgServer | VpsbgAddon | VpsbgFloatingIp;

/** A checked reference to a server. */
export interface VpsbgServer {
  readonly kind: 'server';
  readonly serverId: number;
}

/** A checked reference to an addon. */
export interface VpsbgAddon {
  readonly kind: 'addon';
  readonly serverId: number;
  readonly addonId: number;
}

/** A checked reference to a floating IP. */
export interface VpsbgFloatingIp {
  readonly kind: 'floating_ip';
  readonly floatingIpId: number;
}

const expected = 'a positive whole number';
const id = v.pipe(numericId(expected), v.transform(Number), v.safeInteger(expected));

const schemas = {
  server: v.pipe(
    onlyFields({ serverId: id }),
    v.transform((service): ResolvedVpsbgService => ({ kind: 'server', ...service })),
  ),
  addon: v.pipe(
    onlyFields({ serverId: id, addonId: id }),
    v.transform((service): ResolvedVpsbgService => ({ kind: 'addon', ...service })),
  ),
  floatingIp: v.pipe(
    onlyFields({ floatingIpId: id }),
    v.transform((service): ResolvedVpsbgService => ({ kind: 'floating_ip', ...service })),
  ),
};

/** Checks whichever of the three forms the reference has the key of; without any, a server is asked for. */
export const vpsbgServiceSchema: StandardSchema<VpsbgService, ResolvedVpsbgService> = constantMessages({
  '~standard': {
    version: 1,
    vendor: 'cancelkit',
    validate: (value) => schemas[formOf(value)]['~standard'].validate(value),
  },
});

function formOf(value: unknown): keyof typeof schemas {
  if (typeof value !== 'object' || value === null) return 'server';
  if ('floatingIpId' in value) return 'floatingIp';
  return 'addonId' in value ? 'addon' : 'server';
}

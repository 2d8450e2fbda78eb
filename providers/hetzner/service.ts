import * as v from 'valibot';
import { numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A dedicated server at Hetzner. */
export interface HetznerService {
  /** The number of the server, as Robot shows it. */
  readonly serverNumber: number | string;
}

/** A checked {@link HetznerService}. */
export interface ResolvedHetznerService {
  readonly serverNumber: string;
}

export const hetznerServiceSchema: StandardSchema<HetznerService, ResolvedHetznerService> = constantMessages(
  onlyFields({ serverNumber: numericId('the number of a server, a positive whole number') }),
);

/** The fields that only a cancellation at Hetzner has. */
export interface HetznerExtras {
  /** Whether the location stays reserved after the end. Required if Robot says that it can be reserved. */
  readonly reserveLocation?: boolean | undefined;
}

export const hetznerExtrasSchema: StandardSchema<HetznerExtras, HetznerExtras> = constantMessages(
  onlyFields({ reserveLocation: v.optional(v.boolean('true or false')) }),
);

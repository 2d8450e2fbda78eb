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

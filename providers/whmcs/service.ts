import { numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A product or service of a client in WHMCS. */
export interface WhmcsService {
  /** The number of the service, as in `clientsservices.php?id=…` of the admin area. */
  readonly serviceId: number | string;
}

/** The checked reference. */
export interface ResolvedWhmcsService {
  readonly serviceId: string;
}

export const whmcsServiceSchema: StandardSchema<WhmcsService, ResolvedWhmcsService> = constantMessages(
  onlyFields({ serviceId: numericId() }),
);

import { numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A service of a client at a HostBill portal. */
export interface HostbillService {
  /** The number of the service, as `GET /service` lists it. It is not the number of the order. */
  readonly serviceId: number | string;
}

/** The checked reference. */
export interface ResolvedHostbillService {
  readonly serviceId: string;
}

export const hostbillServiceSchema: StandardSchema<HostbillService, ResolvedHostbillService> = constantMessages(
  onlyFields({ serviceId: numericId() }),
);

import { numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A compute instance (VPS or VDS). */
export interface ContaboService {
  /** The number of the instance, as `GET /v1/compute/instances` lists it. */
  readonly instanceId: number | string;
}

/** A checked {@link ContaboService}. */
export interface ResolvedContaboService {
  readonly instanceId: string;
}

export const contaboServiceSchema: StandardSchema<ContaboService, ResolvedContaboService> = constantMessages(
  onlyFields({ instanceId: numericId() }),
);

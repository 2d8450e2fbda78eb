import * as v from 'valibot';
import { onlyFields, shaped } from '../../src/provider/fields.ts';
import { constantMessages, defined, type StandardSchema } from '../../src/provider/index.ts';

/** A contract, or one item of it: the two are cancelled by different calls. */
export interface MittwaldService {
  /** The contract's UUID or its number, such as `V1000000`. */
  readonly contractId: string;
  /** The UUID of one item. Left out: the contract with all its items. */
  readonly contractItemId?: string | undefined;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const expectedContract = 'the UUID of a contract, or its number such as V1000000';
const expectedItem = 'the UUID of a contract item';

/** The same contract as UUID and as number are two references: only the API knows that they are one. */
export const mittwaldServiceSchema: StandardSchema<MittwaldService, MittwaldService> = constantMessages(
  v.pipe(
    onlyFields({
      contractId: v.pipe(
        shaped(new RegExp(`^(?:${UUID}|V\\d{1,15})$`, 'i'), expectedContract),
        v.transform((id) => (/^v/i.test(id) ? id.toUpperCase() : id.toLowerCase())),
      ),
      contractItemId: v.optional(v.pipe(shaped(new RegExp(`^${UUID}$`, 'i'), expectedItem), v.toLowerCase())),
    }),
    v.transform(({ contractId, contractItemId }) => ({ contractId, ...defined({ contractItemId }) })),
  ),
);

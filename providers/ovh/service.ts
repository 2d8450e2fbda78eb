import * as v from 'valibot';
import { byForm, numericId, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** The route of a product in the API. */
export type OvhProduct = 'vps' | 'dedicated/server';

/**
 * A service, by the id of the machine or by that of the contract. The first carries a reason; the second works for
 * every product. With both, the adapter makes sure that they belong together.
 */
export type OvhService =
  | {
      /** Such as `vps-1a2b3c4d.vps.ovh.net`. */
      readonly serviceName: string;
      readonly product: OvhProduct;
      readonly serviceId?: number | string | undefined;
    }
  | {
      /** The number of the contract, as `GET /services` lists it. */
      readonly serviceId: number | string;
      readonly serviceName?: never;
      readonly product?: never;
    };

/** The checked reference: at least one of the two ids. */
export interface ResolvedOvhService {
  readonly serviceId: number | undefined;
  readonly named: { readonly serviceName: string; readonly product: OvhProduct } | undefined;
}

const expectedId = 'a positive whole number';
const expectedName = 'the name of a service, such as vps-1a2b3c4d.vps.ovh.net';
const expectedProduct = 'vps or dedicated/server';

const id = v.pipe(numericId(expectedId), v.transform(Number), v.safeInteger(expectedId));

const byName = v.pipe(
  onlyFields({
    serviceName: v.pipe(
      v.string(expectedName),
      v.maxLength(253, expectedName),
      v.regex(/^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i, expectedName),
    ),
    product: v.picklist(['vps', 'dedicated/server'], expectedProduct),
    serviceId: v.optional(id),
  }),
  v.transform(({ serviceId, ...named }): ResolvedOvhService => ({ serviceId, named })),
);

const byId = v.pipe(
  v.strictObject(
    { serviceId: id, serviceName: v.optional(v.undefined()), product: v.optional(v.undefined()) },
    'an object with only serviceId, or with serviceName and product',
  ),
  v.transform(({ serviceId }): ResolvedOvhService => ({ serviceId, named: undefined })),
);

/** A reference with a name or a product is checked as one of the form with a name. */
export const ovhServiceSchema: StandardSchema<OvhService, ResolvedOvhService> = constantMessages(
  byForm<OvhService, ResolvedOvhService>((has) => (has('serviceName') || has('product') ? byName : byId)),
);

/** The contract's number wherever it is given; only the API knows which machine belongs to it. */
export function ovhServiceKey({ serviceId, named }: ResolvedOvhService): string {
  return serviceId === undefined ? `${named?.product}/${named?.serviceName.toLowerCase()}` : `serviceId=${serviceId}`;
}

import * as v from 'valibot';
import type { StandardSchema } from '../../src/index.ts';

/** A product or service of a client in WHMCS. */
export interface WhmcsService {
  /** The number of the service, as in `clientsservices.php?id=…` of the admin area. */
  readonly serviceId: number | string;
}

/** The checked reference. */
export interface WhmcsServiceId {
  readonly serviceId: string;
}

const expected = 'a positive whole number';

export const whmcsServiceSchema: StandardSchema<WhmcsService, WhmcsServiceId> = v.strictObject(
  {
    serviceId: v.union(
      [
        v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.transform(String)),
        v.pipe(v.string(), v.regex(/^[1-9]\d{0,15}$/)),
      ],
      expected,
    ),
  },
  'an object with only serviceId',
);

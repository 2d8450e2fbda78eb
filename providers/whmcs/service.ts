import * as v from 'valibot';
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

const expected = 'a positive whole number';

export const whmcsServiceSchema: StandardSchema<WhmcsService, ResolvedWhmcsService> = constantMessages(
  v.strictObject(
    {
      serviceId: v.pipe(
        v.union([v.pipe(v.number(), v.safeInteger(expected)), v.string()], expected),
        v.transform(String),
        v.regex(/^[1-9]\d{0,15}$/, expected),
      ),
    },
    'an object with only serviceId',
  ),
);

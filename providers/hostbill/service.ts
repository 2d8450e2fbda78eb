import * as v from 'valibot';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A service of a client at a HostBill portal. */
export interface HostbillService {
  /** The number of the service, as `GET /service` lists it. It is not the number of the order. */
  readonly serviceId: number | string;
}

/** The checked reference. */
export interface HostbillServiceNumber {
  readonly serviceId: string;
}

const expected = 'a positive whole number';

export const hostbillServiceSchema: StandardSchema<HostbillService, HostbillServiceNumber> = constantMessages(
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

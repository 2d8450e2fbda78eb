import * as v from 'valibot';
import { byForm, onlyFields, shaped } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A service of the Services API, or an instance of Public Cloud. */
export type LeasewebService =
  | {
      /** The id of the service, as `GET /services` lists it. */
      readonly serviceId: number | string;
      readonly instanceId?: never;
    }
  | {
      /** The UUID of the instance. */
      readonly instanceId: string;
      readonly serviceId?: never;
    };

/** The checked reference. */
export type ResolvedLeasewebService = LeasewebProduct | LeasewebInstance;

/** A checked reference to a service of the Services API. */
export interface LeasewebProduct {
  readonly serviceId: string;
}

/** A checked reference to an instance of Public Cloud. */
export interface LeasewebInstance {
  readonly instanceId: string;
}

const expectedId = 'the id of a service, such as 10000000000010';
const expectedUuid = 'the UUID of an instance';

const productSchema = v.strictObject(
  {
    serviceId: v.pipe(
      v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))], expectedId),
      // It begins with a digit: a word is another address of the API.
      v.regex(/^\d[\w-]{0,39}$/, expectedId),
    ),
  },
  'an object with only serviceId, or only instanceId',
);

const instanceSchema = onlyFields({
  instanceId: v.pipe(shaped(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, expectedUuid), v.toLowerCase()),
});

/** A reference without either id is checked as that of a service. */
export const leasewebServiceSchema: StandardSchema<LeasewebService, ResolvedLeasewebService> = constantMessages(
  byForm<LeasewebService, ResolvedLeasewebService>((has) => (has('instanceId') ? instanceSchema : productSchema)),
);

import * as v from 'valibot';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A compute instance (VPS or VDS). */
export interface ContaboService {
  /** The number of the instance, as `GET /v1/compute/instances` lists it. */
  readonly instanceId: number | string;
}

/** A checked {@link ContaboService}. */
export interface ContaboInstanceReference {
  readonly instanceId: number;
}

const expected = 'a positive whole number';

export const contaboServiceSchema: StandardSchema<ContaboService, ContaboInstanceReference> = constantMessages(
  v.strictObject(
    {
      instanceId: v.pipe(
        v.union([v.number(), v.pipe(v.string(), v.regex(/^[1-9]\d*$/), v.transform(Number))], expected),
        v.safeInteger(expected),
        v.minValue(1, expected),
      ),
    },
    'an object with only instanceId',
  ),
);

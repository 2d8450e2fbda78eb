import * as v from 'valibot';
import { numericId, shaped } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A service at EDIS, by exactly one of its two ids. */
export type EdisService =
  | {
      /** The server's own id, such as `kvm_xxxxx_yyyyy`. */
      readonly kvmId: string;
      readonly serviceId?: never;
    }
  | {
      /** The number of the service in the client area. */
      readonly serviceId: number | string;
      readonly kvmId?: never;
    };

/** The checked reference: the form field that names the service, and its value. */
export interface ResolvedEdisService {
  readonly field: 'kvmid' | 'serviceid';
  readonly value: string;
}

const expectedKvmId = 'the id of a KVM server, 1 to 128 visible ASCII characters';
const onlyOne = 'an object with only kvmId or serviceId, and not both';

const byKvmId = v.pipe(
  v.strictObject({ kvmId: shaped(/^[\x21-\x7e]{1,128}$/, expectedKvmId) }, onlyOne),
  v.transform(({ kvmId }): ResolvedEdisService => ({ field: 'kvmid', value: kvmId })),
);

const byServiceId = v.pipe(
  v.strictObject({ serviceId: numericId() }, onlyOne),
  v.transform(({ serviceId }): ResolvedEdisService => ({ field: 'serviceid', value: serviceId })),
);

/** Checks whichever of the two forms the reference has the key of. */
export const edisServiceSchema: StandardSchema<EdisService, ResolvedEdisService> = constantMessages({
  '~standard': {
    version: 1,
    vendor: 'cancelkit',
    validate: (value) => {
      const isById = typeof value === 'object' && value !== null && 'serviceId' in value && !('kvmId' in value);
      return (isById ? byServiceId : byKvmId)['~standard'].validate(value);
    },
  },
});

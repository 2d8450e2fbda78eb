import * as v from 'valibot';
import type { StandardSchema } from '../../src/index.ts';

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
export interface EdisServiceField {
  readonly field: 'kvmid' | 'serviceid';
  readonly value: string;
}

const expectedKvmId = 'the id of a KVM server, 1 to 128 visible ASCII characters';
const expectedServiceId = 'a positive whole number';

const byKvmId = v.pipe(
  v.strictObject({ kvmId: v.pipe(v.string(expectedKvmId), v.regex(/^[\x21-\x7e]{1,128}$/, expectedKvmId)) }),
  v.transform(({ kvmId }): EdisServiceField => ({ field: 'kvmid', value: kvmId })),
);

const byServiceId = v.pipe(
  v.strictObject({
    serviceId: v.union(
      [v.pipe(v.number(), v.safeInteger(), v.minValue(1)), v.pipe(v.string(), v.regex(/^[1-9]\d{0,15}$/))],
      expectedServiceId,
    ),
  }),
  v.transform(({ serviceId }): EdisServiceField => ({ field: 'serviceid', value: String(serviceId) })),
);

export const edisServiceSchema: StandardSchema<EdisService, EdisServiceField> = v.union(
  [byKvmId, byServiceId],
  `exactly one of kvmId (${expectedKvmId}) and serviceId (${expectedServiceId})`,
);

import * as v from 'valibot';
import type { StandardSchema } from '../../src/provider/index.ts';
import { constantMessages } from '../../src/provider/lazy.ts';

/** An order of one or more servers. */
export interface EdisOrder {
  /** Such as `monthly`; the API lists them under `get/billingcycles`. */
  readonly billingCycle: string;
  /** Such as `paypal`; the API lists them under `get/paymentmethods`. */
  readonly paymentMethod: string;
  /** Whether the account's credit is used. Default `false`. */
  readonly applyCredit?: boolean | undefined;
  /** 1 to 100 servers. */
  readonly items: readonly EdisOrderItem[];
}

/** One server of an order. The numbers are those of the product's own catalogue, `get/products`. */
export interface EdisOrderItem {
  readonly productId: number;
  /** Number of the operating system's image. */
  readonly os: number;
  readonly hostname: string;
  readonly additionalRam?: number | undefined;
  readonly additionalVcpu?: number | undefined;
  readonly additionalIp?: number | undefined;
  readonly additionalDiskboost?: number | undefined;
  /** The other name that EDIS's own example gives the disk boost. Only one of the two can be set. */
  readonly additionalDriveboost?: number | undefined;
  /** In OpenSSH's form, such as `ssh-ed25519 AAAA…`. Kept out of errors and answers. */
  readonly sshPublicKey?: string | undefined;
}

const number = v.pipe(v.number('a whole number'), v.safeInteger('a whole number'), v.minValue(0, 'a whole number'));
const word = v.pipe(
  v.string('a word of the catalogue'),
  v.regex(/^[\w -]{1,64}$/, 'a word of the catalogue, 1 to 64 letters, digits, dashes and spaces'),
);
const expectedHostname = 'a host name';
const expectedKey = 'a public key in one line of OpenSSH’s form';

const itemSchema = v.pipe(
  v.strictObject(
    {
      productId: number,
      os: number,
      hostname: v.pipe(
        v.string(expectedHostname),
        v.maxLength(253, expectedHostname),
        v.regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, expectedHostname),
      ),
      additionalRam: v.optional(number),
      additionalVcpu: v.optional(number),
      additionalIp: v.optional(number),
      additionalDiskboost: v.optional(number),
      additionalDriveboost: v.optional(number),
      sshPublicKey: v.optional(
        v.pipe(
          v.string(expectedKey),
          v.maxLength(16_384, expectedKey),
          v.regex(/^[\w.@-]+ [A-Za-z0-9+/=]{16,}(?: [^\p{Cc}]*)?$/u, expectedKey),
        ),
      ),
    },
    'an object with only productId, os, hostname, additionalRam, additionalVcpu, additionalIp, additionalDiskboost, additionalDriveboost and sshPublicKey',
  ),
  v.check(
    (item) => item.additionalDiskboost === undefined || item.additionalDriveboost === undefined,
    'only one of additionalDiskboost and additionalDriveboost',
  ),
);

const expectedItems = '1 to 100 items';

export const edisOrderSchema: StandardSchema<unknown, EdisOrder> = constantMessages(
  v.pipe(
    v.unknown(),
    v.strictObject(
      {
        billingCycle: word,
        paymentMethod: word,
        applyCredit: v.optional(v.boolean('true or false'), false),
        items: v.pipe(
          v.array(itemSchema, expectedItems),
          v.minLength(1, expectedItems),
          v.maxLength(100, expectedItems),
        ),
      },
      'an object with only billingCycle, paymentMethod, applyCredit and items',
    ),
  ),
);

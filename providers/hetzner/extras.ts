import * as v from 'valibot';
import { onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** The fields that only a cancellation at Hetzner has. */
export interface HetznerExtras {
  /** Whether the location stays reserved after the end. Required if Robot says that it can be reserved. */
  readonly reserveLocation?: boolean | undefined;
}

export const hetznerExtrasSchema: StandardSchema<HetznerExtras, HetznerExtras> = constantMessages(
  onlyFields({ reserveLocation: v.optional(v.boolean('true or false')) }),
);

import * as v from 'valibot';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A dedicated server at Hetzner. */
export interface HetznerService {
  /** The number of the server, as Robot shows it. */
  readonly serverNumber: number | string;
}

/** A checked {@link HetznerService}. */
export interface ResolvedHetznerService {
  readonly serverNumber: string;
}

const expected = 'the number of a server, a positive whole number';

export const hetznerServiceSchema: StandardSchema<HetznerService, ResolvedHetznerService> = constantMessages(
  v.strictObject(
    {
      serverNumber: v.pipe(
        v.union([v.pipe(v.number(), v.safeInteger(expected)), v.string()], expected),
        v.check((id) => /^[1-9]\d{0,14}$/.test(String(id)), expected),
        v.transform(String),
      ),
    },
    'an object with only serverNumber',
  ),
);

/** The fields that only a cancellation at Hetzner has. */
export interface HetznerExtras {
  /** Whether the location stays reserved after the end. Required if Robot says that it can be reserved. */
  readonly reserveLocation?: boolean | undefined;
}

export const hetznerExtrasSchema: StandardSchema<HetznerExtras, HetznerExtras> = constantMessages(
  v.strictObject({ reserveLocation: v.optional(v.boolean('true or false')) }, 'an object with only reserveLocation'),
);

import * as v from 'valibot';
import { onlyFields } from '../../call/only-fields.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import { calendarDay } from '../../contract/when.ts';
import type { Checked } from '../model/checked.ts';
import { type WhenAbsent, type Resolution, RESOLUTIONS } from '../model/state.ts';
import { by, moment, note, whenAbsent } from './input-fields.ts';

const optional = v.optional;

/** A person's word. */
export interface Decision {
  /** Who decides, for the audit trail. */
  readonly by: string;
  readonly note?: string | undefined;
}

/** A person's word on one cancellation. */
export interface Choice extends Decision {
  /**
   * The `updatedAt` of the cancellation as the person saw it: if it has changed since, nothing is done, and the call
   * throws `invalid_request` (`hasChanged`). Default: it is not compared.
   */
  readonly ifUpdatedAt?: string | undefined;
}

/** What `approve` is given. */
export interface Approval extends Choice {
  /** The `fingerprint` of the cancellation that was looked at: another one is not approved. */
  readonly fingerprint?: string | undefined;
}

/** What `quarantine` is given. */
export interface Quarantine extends Decision {
  /** Since when requests may have been sent that this ledger does not know of: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since: Date | string;
  /** Sets what happens to those that the last read-back does not find. Default: unchanged. */
  readonly whenAbsent?: WhenAbsent | undefined;
}

const UPDATED_AT = 'the updatedAt of the cancellation, with its microseconds, such as 2026-05-01T10:00:00.123456Z';

const choice = {
  by,
  note: optional(note),
  // A Date, and what is made of one, holds no microseconds: two changes within a millisecond would be the same.
  ifUpdatedAt: optional(v.pipe(v.string(UPDATED_AT), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, UPDATED_AT))),
};

/** Checks a person's word on one cancellation, for `withdraw` and `readBack`. */
export const decisionSchema: StandardSchema<unknown, Choice> = v.pipe(v.unknown(), onlyFields(choice));

/** Checks a person's approval, for `approve`. */
export const approvalSchema: StandardSchema<unknown, Approval> = v.pipe(
  v.unknown(),
  onlyFields({ ...choice, fingerprint: optional(v.string('the fingerprint of the cancellation')) }),
);

/** A person's word on one that is to be planned again. */
export interface CheckedRetry extends Choice {
  readonly acceptPlace?: boolean | undefined;
}

/** Checks a person's word on one that is to be planned again, for `retry`. */
export const retrySchema: StandardSchema<unknown, CheckedRetry> = v.pipe(
  v.unknown(),
  onlyFields({ ...choice, acceptPlace: optional(v.boolean('true or false')) }),
);

/** Checks what `quarantine` is given. */
export const quarantineSchema: StandardSchema<unknown, Checked<Quarantine>> = v.pipe(
  v.unknown(),
  onlyFields({ since: moment, by, note: optional(note), whenAbsent: optional(whenAbsent) }),
);

/** A person's word on an unknown one. */
export interface CheckedResolution extends Choice {
  readonly as: Resolution;
  /** A day, with `scheduled` only. */
  readonly effectiveAt?: string | undefined;
}

/** A person's word with the token of a provider. */
export interface CheckedConfirmation extends Choice {
  readonly token: string;
}

/** Checks what `confirm` is given; the token is for the service to check. */
export const confirmationSchema: StandardSchema<unknown, CheckedConfirmation> = v.pipe(
  v.unknown(),
  onlyFields({ token: v.string('the token that the provider sent'), ...choice }),
);

const DAY = 'a day, such as 2026-12-31';

/** Checks a person's word on an unknown one, for `resolve`. */
export const resolutionSchema: StandardSchema<unknown, CheckedResolution> = v.pipe(
  v.unknown(),
  onlyFields({
    as: v.picklist(RESOLUTIONS, `one of ${RESOLUTIONS.join(', ')}`),
    effectiveAt: optional(
      v.pipe(
        v.string(DAY),
        v.check((text) => calendarDay(text) !== undefined, DAY),
      ),
    ),
    ...choice,
  }),
  v.forward(
    v.check(
      ({ as, effectiveAt }) => effectiveAt === undefined || as === 'scheduled',
      'left out unless it is scheduled',
    ),
    ['effectiveAt'],
  ),
);

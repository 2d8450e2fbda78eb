import * as v from 'valibot';
import { only } from '../../call/issue-text.ts';
import { calendarDay } from '../../contract/when.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import { type WhenAbsent, type Resolution, RESOLUTIONS } from '../model/state.ts';
import { by, moment, note, whenAbsent } from './input-fields.ts';

const optional = v.optional;

/** A person's word. */
export interface CheckedDecision {
  readonly by: string;
  readonly note?: string | undefined;
}

/** A person's word on one cancellation. */
export interface CheckedChoice extends CheckedDecision {
  /** The `updatedAt` of what the person saw. */
  readonly ifUpdatedAt?: string | undefined;
}

const UPDATED_AT = 'the updatedAt of the cancellation, with its microseconds, such as 2026-05-01T10:00:00.123456Z';

const choice = {
  by,
  note: optional(note),
  // A Date, and what is made of one, holds no microseconds: two changes within a millisecond would be the same.
  ifUpdatedAt: optional(v.pipe(v.string(UPDATED_AT), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, UPDATED_AT))),
};

/** Checks a person's word on one cancellation, for `withdraw` and `readBack`. */
export const decisionSchema: StandardSchema<unknown, CheckedChoice> = v.pipe(
  v.unknown(),
  v.strictObject(choice, only('by', 'note', 'ifUpdatedAt')),
);

/** A person's approval of a proposal. */
export interface CheckedApproval extends CheckedChoice {
  readonly fingerprint?: string | undefined;
}

/** Checks a person's approval, for `approve`. */
export const approvalSchema: StandardSchema<unknown, CheckedApproval> = v.pipe(
  v.unknown(),
  v.strictObject(
    { ...choice, fingerprint: optional(v.string('the fingerprint of the cancellation')) },
    only('by', 'note', 'ifUpdatedAt', 'fingerprint'),
  ),
);

/** A person's word on one that is to be planned again. */
export interface CheckedRetry extends CheckedChoice {
  readonly acceptPlace?: boolean | undefined;
}

/** Checks a person's word on one that is to be planned again, for `retry`. */
export const retrySchema: StandardSchema<unknown, CheckedRetry> = v.pipe(
  v.unknown(),
  v.strictObject(
    { ...choice, acceptPlace: optional(v.boolean('true or false')) },
    only('by', 'note', 'ifUpdatedAt', 'acceptPlace'),
  ),
);

/** What `quarantine` is given. */
export interface CheckedQuarantine extends CheckedDecision {
  readonly since: string;
  readonly whenAbsent?: WhenAbsent | undefined;
}

/** Checks what `quarantine` is given. */
export const quarantineSchema: StandardSchema<unknown, CheckedQuarantine> = v.pipe(
  v.unknown(),
  v.strictObject(
    { since: moment, by, note: optional(note), whenAbsent: optional(whenAbsent) },
    only('since', 'by', 'note', 'whenAbsent'),
  ),
);

/** A person's word on an unknown one. */
export interface CheckedResolution extends CheckedChoice {
  readonly as: Resolution;
  /** A day, with `scheduled` only. */
  readonly effectiveAt?: string | undefined;
}

/** A person's word with the token of a provider. */
export interface CheckedConfirmation extends CheckedChoice {
  readonly token: string;
}

/** Checks what `confirm` is given; the token is for the service to check. */
export const confirmationSchema: StandardSchema<unknown, CheckedConfirmation> = v.pipe(
  v.unknown(),
  v.strictObject(
    { token: v.string('the token that the provider sent'), ...choice },
    only('token', 'by', 'note', 'ifUpdatedAt'),
  ),
);

const DAY = 'a day, such as 2026-12-31';

/** Checks a person's word on an unknown one, for `resolve`. */
export const resolutionSchema: StandardSchema<unknown, CheckedResolution> = v.pipe(
  v.unknown(),
  v.strictObject(
    {
      as: v.picklist(RESOLUTIONS, `one of ${RESOLUTIONS.join(', ')}`),
      effectiveAt: optional(
        v.pipe(
          v.string(DAY),
          v.check((text) => calendarDay(text) !== undefined, DAY),
        ),
      ),
      ...choice,
    },
    only('as', 'effectiveAt', 'by', 'note', 'ifUpdatedAt'),
  ),
  v.forward(
    v.check(
      ({ as, effectiveAt }) => effectiveAt === undefined || as === 'scheduled',
      'left out unless it is scheduled',
    ),
    ['effectiveAt'],
  ),
);

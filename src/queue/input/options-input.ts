import * as v from 'valibot';
import type { ProviderError } from '../../contract/provider-error.ts';
import { callable } from '../../call/check-options.ts';
import { only } from '../../call/issue-text.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { QueueChange } from '../model/change.ts';
import { placeOfDatabase } from '../database/database-place.ts';
import type { FollowOption } from '../model/follow-plan.ts';
import type { WhenAbsent } from '../model/state.ts';
import { follow, positive, whenAbsent, whole } from './input-fields.ts';
import type { AccountLimit } from '../model/limits.ts';

/** The options of `createCancelQueue`. */
export interface CheckedQueueOptions {
  readonly services: object;
  readonly database: string;
  readonly schema?: string | undefined;
  readonly limits?: Readonly<Record<string, AccountLimit>> | undefined;
  readonly deadlineMs?: number | undefined;
  readonly pollMs?: number | undefined;
  readonly readBackAfterMs?: readonly number[] | undefined;
  readonly giveUpAfterMs?: number | undefined;
  readonly whenAbsent?: WhenAbsent | undefined;
  readonly follow?: FollowOption | undefined;
  readonly keepSettledFor?: number | 'forever' | undefined;
  readonly exportSettledTo?: string | undefined;
  readonly onChange?: ((change: QueueChange) => void) | undefined;
  readonly onError?: ((error: ProviderError) => void) | undefined;
}

const limit = v.strictObject(
  {
    concurrency: v.optional(whole('a whole number from 1 to 1000', 1, 1_000)),
    rate: v.optional(
      v.strictObject(
        { count: whole('a positive whole number', 1, 1_000_000), perMs: positive('a positive number of milliseconds') },
        only('count', 'perMs'),
      ),
    ),
  },
  only('concurrency', 'rate'),
);

const SCHEMA = 'lower-case letters, digits and underscores, at most 40';
const KEPT = 'a whole number of days from 2 to 36500, or forever';
const DIRECTORY = 'a directory';
const DATABASE = 'a directory, or a postgres:// URL whose special characters are percent-encoded';

/** Checks the options of `createCancelQueue`. */
export const queueOptionsSchema: StandardSchema<unknown, CheckedQueueOptions> = v.pipe(
  v.unknown(),
  v.strictObject(
    {
      services: v.custom<object>(isServices, 'what createCancelService returned'),
      database: v.pipe(
        v.string(DATABASE),
        v.check((database) => placeOfDatabase(database) !== undefined, DATABASE),
      ),
      schema: v.optional(v.pipe(v.string(SCHEMA), v.regex(/^[a-z_][a-z0-9_]{0,39}$/, SCHEMA))),
      limits: v.optional(v.record(v.string('the name of an account'), limit, 'a limit for each account')),
      deadlineMs: v.optional(positive('a positive number of milliseconds')),
      pollMs: v.optional(positive('a positive number of milliseconds')),
      readBackAfterMs: v.optional(
        v.pipe(
          v.array(positive('a positive number of milliseconds'), 'a list of milliseconds'),
          v.minLength(1, 'at least one delay'),
          v.check((delays) => delays.every((delay, index) => delay > (delays[index - 1] ?? 0)), 'ascending delays'),
        ),
      ),
      giveUpAfterMs: v.optional(positive('a positive number of milliseconds')),
      whenAbsent: v.optional(whenAbsent),
      follow: v.optional(follow),
      keepSettledFor: v.optional(v.union([v.literal('forever'), whole(KEPT, 2, 36_500)], KEPT)),
      exportSettledTo: v.optional(v.pipe(v.string(DIRECTORY), v.minLength(1, DIRECTORY))),
      onChange: v.optional(callable<(change: QueueChange) => void>()),
      onError: v.optional(callable<(error: ProviderError) => void>()),
    },
    only(
      'services',
      'database',
      'schema',
      'limits',
      'deadlineMs',
      'pollMs',
      'readBackAfterMs',
      'giveUpAfterMs',
      'whenAbsent',
      'follow',
      'keepSettledFor',
      'exportSettledTo',
      'onChange',
      'onError',
    ),
  ),
);

function isServices(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['validate', 'place', 'safeCancel', 'status'].every((key) => typeof Reflect.get(value, key) === 'function');
}

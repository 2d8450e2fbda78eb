import * as v from 'valibot';
import { callable } from '../../call/check-options.ts';
import { onlyFields } from '../../call/only-fields.ts';
import type { Accounts, AccountsOf } from '../../contract/account.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import type { AccountKey } from '../../contract/request.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { CancelService } from '../../service/service.ts';
import { placeOfDatabase } from '../database/database-place.ts';
import type { QueueChange } from '../model/change.ts';
import type { FollowOption } from '../model/follow-plan.ts';
import type { AccountLimit } from '../model/limits.ts';
import type { WhenAbsent } from '../model/state.ts';
import { follow, positive, whenAbsent, whole } from './input-fields.ts';

/** Options of `createCancelQueue`. */
export interface QueueOptions<A extends AccountsOf<A>> {
  /** What `createCancelService` returned. Rows and jobs name its accounts by their keys, and hold no credentials. */
  readonly services: CancelService<A>;
  /**
   * A directory for the embedded database (PGlite): one process, which may be killed, but not lose its power. Or a
   * `postgres://` URL: any number of processes. Default `.cancelkit`, a directory.
   */
  readonly database?: string | undefined;
  /**
   * Schema of the ledger; the jobs are in `<schema>_jobs`. Lower-case letters, digits, underscores. Default
   * `cancelkit`.
   */
  readonly schema?: string | undefined;
  /** The limits of each account, over all processes. Every process has to be given the same ones. */
  readonly limits?: { readonly [K in AccountKey<A>]?: AccountLimit } | undefined;
  /** Milliseconds for one cancellation or one read-back. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** How often the database is polled for additions of other processes, in milliseconds. Default 500. */
  readonly pollMs?: number | undefined;
  /**
   * When an unknown one is read back: milliseconds after it became unknown, ascending. What is still absent at the last
   * one is `refused`, so the last one has to outlast the provider's own processing. Default: 30 seconds, 2 and 10
   * minutes, 1, 6 and 24 hours.
   */
  readonly readBackAfterMs?: readonly number[] | undefined;
  /** How long one that the provider did not process is tried again, in milliseconds. Default 24 hours. */
  readonly giveUpAfterMs?: number | undefined;
  /**
   * What happens to an unknown one that the last read-back does not find: `refuse` settles it, `send_again` plans it
   * again, once. See docs/queue-working.md for which to choose. Each `enqueue` may say otherwise. Default `refuse`.
   */
  readonly whenAbsent?: WhenAbsent | undefined;
  /**
   * Whether, and when, what the provider accepted (`requested`, `scheduled`) is read again until its service is over.
   * What the working process is given applies; each `enqueue` may say otherwise. Default: a day later, 7 and
   * 3 days before its date, a day after it, and then daily for a week, where the provider can be asked. See
   * docs/queue-following.md.
   */
  readonly follow?: FollowOption | undefined;
  /**
   * How many days a settled cancellation is kept after it was settled, with its history; a month is dropped as a whole
   * once all of it is older. Open ones are always kept. Default 400; `forever` drops nothing.
   */
  readonly keepSettledFor?: number | 'forever' | undefined;
  /**
   * A directory that each month is exported to (JSONL, for this user alone) before it is dropped. Default: not
   * exported.
   */
  readonly exportSettledTo?: string | undefined;
  /**
   * Called with each change of a state or of `needsPerson` that this process has made, once it is committed. Not
   * called for changes of other processes, for what `enqueue` puts into a transaction of the caller's, and if the
   * process ends first: `changes` never misses one. What it throws is reported to `onError`, and stops nothing.
   */
  readonly onChange?: ((change: QueueChange) => void) | undefined;
  /** Called if the database fails while a worker runs. Default: a warning of the process, at most one a minute. */
  readonly onError?: ((error: ProviderError) => void) | undefined;
}

/** {@link QueueOptions}, checked as far as the types do not depend on the accounts. */
export interface CheckedQueueOptions extends Omit<QueueOptions<Accounts>, 'services' | 'database' | 'limits'> {
  readonly services: object;
  readonly database: string;
  readonly limits?: Readonly<Record<string, AccountLimit>> | undefined;
}

const limit = onlyFields({
  concurrency: v.optional(whole('a whole number from 1 to 1000', 1, 1_000)),
  rate: v.optional(
    onlyFields({
      count: whole('a positive whole number', 1, 1_000_000),
      perMs: positive('a positive number of milliseconds'),
    }),
  ),
});

const SCHEMA = 'lower-case letters, digits and underscores, at most 40';
const KEPT = 'a whole number of days from 2 to 36500, or forever';
const DIRECTORY = 'a directory';
const DATABASE = 'a directory, or a postgres:// URL whose special characters are percent-encoded';

/** Checks the options of `createCancelQueue`. */
export const queueOptionsSchema: StandardSchema<unknown, CheckedQueueOptions> = v.pipe(
  v.unknown(),
  onlyFields({
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
  }),
);

function isServices(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return ['validate', 'place', 'safeCancel', 'status'].every((key) => typeof Reflect.get(value, key) === 'function');
}

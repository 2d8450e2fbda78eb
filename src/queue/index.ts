import type { AccountsOf } from '../account.ts';
import { DEFAULTS } from '../options.ts';
import { ProviderError } from '../provider-error.ts';
import { jobsFailed, notOpened } from './database-error.ts';
import type { Database } from './database.ts';
import { DEFAULT_DATABASE, placeOfDatabase } from './database-place.ts';
import { openJobs } from './jobs.ts';
import type { Limit } from './limits.ts';
import { migrate } from './migrations.ts';
import { queueOptionsSchema, type CheckedQueueOptions } from './options-input.ts';
import { openPglite } from './pglite.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { openPostgres } from './postgres.ts';
import { QueueCore } from './queue-core.ts';
import type { CancelQueue, QueueOptions } from './queue.ts';
import type { QueueServices } from './services.ts';
import { invalidInput, sound } from './sound-input.ts';

export type { StoredRequest, WhenAbsent } from './claimed.ts';
export type { QueryClient, Row } from './database.ts';
export type { HistoryEntry } from './history.ts';
export type { AccountLimit } from './limits.ts';
export type { CancelQueue, Decision, Placing, Quarantine, QueueOptions, TransactionOption } from './queue.ts';
export type { Quarantined } from './quarantine.ts';
export type { QueuedCancellation, QueuedCancellationWithHistory } from './record.ts';
export type { QueueState } from './state.ts';
export type { AccountStats, QueueStats } from './stats.ts';

/**
 * Opens a queue of cancellations that survives the process. Makes or migrates its tables; sends nothing before `work`.
 *
 * @throws ProviderError `invalid_request` for an option that is not sound; `not_configured` if pg-boss, or the driver of
 * the database, is not installed, if another process has the directory open, or if the tables are of a newer version;
 * `unavailable` if the database cannot be reached.
 */
export async function createCancelQueue<A extends AccountsOf<A>>(options: QueueOptions<A>): Promise<CancelQueue<A>> {
  const given: unknown = options;
  const defaulted = typeof given === 'object' && given !== null ? { database: DEFAULT_DATABASE, ...given } : given;
  const checked = await sound(queueOptionsSchema, defaulted, 'options');
  // Checked above for the methods; what they take and return is the service's own contract.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const core = await open(checked, checked.services as QueueServices);
  const queue = {
    enqueue: core.enqueue.bind(core),
    enqueueMany: core.enqueueMany.bind(core),
    work: core.work.bind(core),
    get: core.get.bind(core),
    list: core.list.bind(core),
    wait: core.wait.bind(core),
    retry: core.retry.bind(core),
    resolve: core.resolve.bind(core),
    withdraw: core.withdraw.bind(core),
    resume: core.resume.bind(core),
    quarantine: core.quarantine.bind(core),
    stats: core.stats.bind(core),
    close: core.close.bind(core),
  };
  // The core checks at run time what these types promise, so one and the same object serves every set of accounts.
  return queue;
}

async function open(options: CheckedQueueOptions, services: QueueServices): Promise<QueueCore> {
  const { schema = 'cancelkit', pollMs = 500, deadlineMs = DEFAULTS.deadlineMs } = options;
  const limits = limitsOf(options, services);
  const onError = options.onError ?? warner();
  const isUrl = placeOfDatabase(options.database) === 'server';
  const database = await (isUrl ? openPostgres(options.database) : openPglite(options.database)).catch(notOpened);
  try {
    await migrate(database, schema);
    const accounts = limits.map(({ account }) => account);
    const jobs = await oneAtATime(database, schema, () =>
      openJobs(database, `${schema}_jobs`, accounts, (error) => onError(jobsFailed(error))),
    );
    return new QueueCore({
      database,
      schema,
      jobs,
      services,
      limits,
      deadlineMs,
      pollMs,
      onError,
      whenAbsent: options.whenAbsent ?? 'refuse',
      policy: {
        readBackAfterMs: options.readBackAfterMs ?? DEFAULT_POLICY.readBackAfterMs,
        giveUpAfterMs: options.giveUpAfterMs ?? DEFAULT_POLICY.giveUpAfterMs,
      },
      readable: new Map(
        Object.entries(services.accounts).map(([name, { capabilities }]) => [name, capabilities.readBack]),
      ),
    });
  } catch (error) {
    await closeQuietly(database);
    return notOpened(error);
  }
}

function limitsOf({ limits = {} }: CheckedQueueOptions, { accounts }: QueueServices): readonly Limit[] {
  const unknown = Object.keys(limits).filter((name) => !Object.hasOwn(accounts, name));
  if (unknown.length > 0) throw invalidInput([{ path: 'options.limits', expected: 'only the names of accounts' }]);
  return Object.entries(accounts).map(([account, { capabilities }]) => ({
    account,
    concurrency: limits[account]?.concurrency ?? capabilities.concurrency ?? DEFAULTS.concurrency,
    rate: limits[account]?.rate,
  }));
}

/** pg-boss does not bear several processes that make its tables at once. The embedded database has one alone. */
async function oneAtATime<Value>(database: Database, schema: string, work: () => Promise<Value>): Promise<Value> {
  if (database.kind === 'pglite') return await work();
  return await database.transaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`cancelkit jobs ${schema}`]);
    return await work();
  });
}

async function closeQuietly(database: Database): Promise<void> {
  try {
    await database.close();
  } catch (error) {
    // Why it could not be opened is what the caller has to know; that it cannot be closed either says the same.
    if (error instanceof ProviderError) throw error;
  }
}

// A database that is gone fails many times a minute.
const QUIET_MS = 60_000;

function warner(): (error: ProviderError) => void {
  let quietUntil = 0;
  return ({ message }) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    process.emitWarning(message);
  };
}

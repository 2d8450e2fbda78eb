import { DEFAULTS } from '../call/check-options.ts';
import type { AccountsOf } from '../contract/account.ts';
import { ProviderError } from '../contract/provider-error.ts';
import { ENCODING } from './database/database-advice.ts';
import { jobsFailed, notOpened } from './database/database-error.ts';
import { DEFAULT_DATABASE, placeOfDatabase } from './database/database-place.ts';
import { type Database, DatabaseFailure } from './database/database.ts';
import { openPglite } from './database/pglite.ts';
import { openPostgres } from './database/postgres.ts';
import { encodingOf, lossySettings } from './database/session-settings.ts';
import { warnOnce } from './database/warn-once.ts';
import { invalidInput, checkInput } from './input/check-input.ts';
import { type CheckedQueueOptions, type QueueOptions, queueOptionsSchema } from './input/queue-options.ts';
import { openJobs } from './ledger/jobs.ts';
import { checkVersion, migrate } from './ledger/migrate.ts';
import { DEFAULT_POLICY } from './ledger/policy.ts';
import { followPlanOf } from './model/follow-plan.ts';
import type { Limit } from './model/limits.ts';
import type { QueueServices } from './model/services.ts';
import { Announcements } from './operations/announcements.ts';
import { QueueCore } from './operations/queue-core.ts';
import { QueueReads } from './operations/queue-reads.ts';
import type { CancelQueue } from './queue.ts';
import { serveReaders } from './reader/reader-server.ts';
import { openHereOrThere } from './reader/reader.ts';

/**
 * Opens a queue of cancellations that survives the process. Makes or migrates its tables; sends nothing before `work`.
 *
 * @throws ProviderError `invalid_request` for an option that is not valid; `not_configured` if pg-boss, or the driver
 * of the database, is not installed, if another process has the directory open, if every user may write to it, if the
 * user has not the rights that it needs, or if the tables are of a newer version; `unavailable` if the database cannot
 * be reached.
 */
export async function createCancelQueue<A extends AccountsOf<A>>(options: QueueOptions<A>): Promise<CancelQueue<A>> {
  const { core, close } = await openChecked(await checkedOptions(options));
  const queue = {
    enqueue: core.enqueue.bind(core),
    enqueueMany: core.enqueueMany.bind(core),
    work: core.work.bind(core),
    get: core.get.bind(core),
    whereToLook: core.whereToLook.bind(core),
    list: core.list.bind(core),
    wait: core.wait.bind(core),
    approve: core.approve.bind(core),
    retry: core.retry.bind(core),
    resolve: core.resolve.bind(core),
    readBack: core.readBack.bind(core),
    confirm: core.confirm.bind(core),
    withdraw: core.withdraw.bind(core),
    resume: core.resume.bind(core),
    quarantine: core.quarantine.bind(core),
    exportSettled: core.exportSettled.bind(core),
    changes: core.changes.bind(core),
    stats: core.stats.bind(core),
    close,
  };
  // The core checks at run time what these types promise, so one and the same object serves every set of accounts.
  return queue;
}

/** What reads a queue, and cannot change it. */
export type QueueReader<A extends AccountsOf<A>> = Pick<CancelQueue<A>, 'get' | 'list' | 'stats' | 'close'>;

/**
 * Opens a queue to read it. Works while another process has the directory of an embedded queue open: that process
 * answers then, through a socket that only its own user can reach. On a server it changes nothing: a standby, and a
 * user who may only read, are enough. Where there is no queue, none is made.
 *
 * @throws ProviderError as `createCancelQueue`; `not_configured` if there is no queue; `unavailable` if the other
 * process does not answer, as one of an older version, or in another container.
 */
export async function openQueueReader<A extends AccountsOf<A>>(options: QueueOptions<A>): Promise<QueueReader<A>> {
  const checked = await checkedOptions(options);
  if (placeOfDatabase(checked.database) === 'server') return await openOnServer(checked);
  const open = async (): Promise<Pick<QueueCore, 'get' | 'list' | 'stats' | 'close'>> => {
    const { core, close } = await openChecked(checked);
    return { get: core.get.bind(core), list: core.list.bind(core), stats: core.stats.bind(core), close };
  };
  const reader = await openHereOrThere(checked.database, checked.schema ?? DEFAULT_SCHEMA, open);
  return {
    get: reader.get.bind(reader),
    list: reader.list.bind(reader),
    stats: reader.stats.bind(reader),
    close: reader.close.bind(reader),
  };
}

async function openOnServer<A extends AccountsOf<A>>({
  database: url,
  schema = DEFAULT_SCHEMA,
  ...options
}: CheckedQueueOptions): Promise<QueueReader<A>> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- checked for the methods, as where it is opened to work
  const limits = limitsOf(options, options.services as QueueServices);
  const database = await openPostgres(url, 'READ ONLY').catch(notOpened);
  try {
    await checkVersion(database, schema);
  } catch (error) {
    await closeQuietly(database);
    return notOpened(error);
  }
  const reads = new QueueReads({ database, schema, limits });
  let closing: Promise<void> | undefined;
  return {
    get: reads.get.bind(reads),
    list: reads.list.bind(reads),
    stats: reads.stats.bind(reads),
    close: () => (closing ??= database.close()),
  };
}

const DEFAULT_SCHEMA = 'cancelkit';

async function checkedOptions(options: unknown): Promise<CheckedQueueOptions> {
  const isObject = typeof options === 'object' && options !== null;
  return await checkInput(
    queueOptionsSchema,
    isObject ? { database: DEFAULT_DATABASE, ...options } : options,
    'options',
  );
}

interface Opened {
  readonly core: QueueCore;
  readonly close: () => Promise<void>;
}

async function openChecked(checked: CheckedQueueOptions): Promise<Opened> {
  // Checked for the methods; what they take and return is the service's own contract.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const core = await open(checked, checked.services as QueueServices);
  const { database, schema = DEFAULT_SCHEMA } = checked;
  const readers = placeOfDatabase(database) === 'directory' ? await serveReaders(database, schema, core) : undefined;
  let closing: Promise<unknown> | undefined;
  return {
    core,
    close: async () => {
      closing ??= Promise.all([core.close(), readers?.close()]);
      await closing;
    },
  };
}

async function open(options: CheckedQueueOptions, services: QueueServices): Promise<QueueCore> {
  const { schema = DEFAULT_SCHEMA, pollMs = 500, deadlineMs = DEFAULTS.deadlineMs } = options;
  const limits = limitsOf(options, services);
  const onError = harmless(options.onError ?? warner());
  const isUrl = placeOfDatabase(options.database) === 'server';
  const database = await (isUrl ? openPostgres(options.database) : openPglite(options.database)).catch(notOpened);
  try {
    await checkEncoding(database);
    await migrate(database, schema);
    await warnOfLoss(database);
    const accounts = limits.map(({ account }) => account);
    const jobs = await openJobs(database, `${schema}_jobs`, accounts, (error) => onError(jobsFailed(error)));
    const announcements = new Announcements(database, { schema, onChange: options.onChange, onError });
    return new QueueCore({
      database: announcements.database,
      announcements,
      schema,
      jobs,
      services,
      limits,
      deadlineMs,
      pollMs,
      onError,
      whenAbsent: options.whenAbsent ?? 'refuse',
      follow: followPlanOf(options.follow ?? true),
      retention: { keepSettledFor: options.keepSettledFor ?? 400, exportSettledTo: options.exportSettledTo },
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

function limitsOf({ limits = {} }: Pick<CheckedQueueOptions, 'limits'>, { accounts }: QueueServices): readonly Limit[] {
  const unknown = Object.keys(limits).filter((name) => !Object.hasOwn(accounts, name));
  if (unknown.length > 0) throw invalidInput([{ path: 'options.limits', expected: 'only the names of accounts' }]);
  return Object.entries(accounts).map(([account, { capabilities }]) => ({
    account,
    concurrency: limits[account]?.concurrency ?? capabilities.concurrency ?? DEFAULTS.concurrency,
    rate: limits[account]?.rate,
  }));
}

/**
 * What a provider answers is written down after the request has been sent, so every character must be storable.
 *
 * @throws ProviderError `not_configured`
 */
async function checkEncoding(database: Database): Promise<void> {
  const encoding = await encodingOf(database);
  // SQL_ASCII stores the bytes unchanged.
  if (encoding === 'UTF8' || encoding === 'SQL_ASCII') return;
  notOpened(new DatabaseFailure({ code: ENCODING }, 'no'));
}

/** PGlite itself does not wait for the disk; docs/queue-databases.md says so. */
async function warnOfLoss(database: Database): Promise<void> {
  if (database.kind === 'pglite') return;
  for (const name of await lossySettings(database)) {
    warnOnce(
      `queue: the server runs with ${name} = off, so a power cut may lose or break what is in the queue. Set it to on.`,
    );
  }
}

async function closeQuietly(database: Database): Promise<void> {
  try {
    await database.close();
  } catch (error) {
    // Why it could not be opened is what the caller has to know; that it cannot be closed either says the same.
    if (error instanceof ProviderError) throw error;
  }
}

/** A listener of the caller's that throws stops no worker. */
function harmless(listener: (error: ProviderError) => void): (error: ProviderError) => void {
  return (error) => {
    try {
      listener(error);
    } catch {
      // What it threw may hold anything.
      warnOnce(`queue: onError threw. What it was given: ${error.message}`);
    }
  };
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

import type { QueryClient } from '../database/database.ts';
import { fillSearch } from './search.ts';

/** The statements that lead to a version of the tables, and what cannot be said in one. */
export type Migration = (schema: string) => readonly (string | ((client: QueryClient) => Promise<void>))[];

/**
 * The versions of the ledger's tables, oldest first. A version that has been released is never changed: what is new
 * comes as a new version.
 */
export const MIGRATIONS: readonly Migration[] = [
  (schema) => [
    `CREATE TABLE ${schema}.cancellation (
      id text PRIMARY KEY,
      number bigint GENERATED ALWAYS AS IDENTITY,
      fingerprint text NOT NULL,
      account text NOT NULL,
      provider text NOT NULL,
      service_key text NOT NULL,
      request jsonb NOT NULL,
      asked_by text,
      priority integer NOT NULL DEFAULT 0,
      not_before timestamptz,
      state text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      claim bigint NOT NULL DEFAULT 0,
      worker text,
      lease_until timestamptz,
      sent_at timestamptz,
      tries integer NOT NULL DEFAULT 0,
      first_failed_at timestamptz,
      readings integer NOT NULL DEFAULT 0,
      unknown_since timestamptz,
      needs_person boolean NOT NULL DEFAULT false,
      result jsonb,
      error jsonb,
      CHECK (state IN ('planned', 'intent', 'sent', 'requested', 'scheduled', 'completed', 'already_cancelled', 'refused', 'unknown'))
    )`,
    `CREATE UNIQUE INDEX cancellation_open ON ${schema}.cancellation (account, service_key)
      WHERE state IN ('planned', 'intent', 'sent', 'unknown')`,
    `CREATE INDEX cancellation_leased ON ${schema}.cancellation (account) WHERE lease_until IS NOT NULL`,
    `CREATE INDEX cancellation_listed ON ${schema}.cancellation (state, account, number)`,
    `CREATE TABLE ${schema}.history (
      cancellation_id text NOT NULL REFERENCES ${schema}.cancellation (id),
      seq bigint GENERATED ALWAYS AS IDENTITY,
      at timestamptz NOT NULL,
      type text NOT NULL,
      data jsonb NOT NULL DEFAULT '{}',
      PRIMARY KEY (cancellation_id, seq)
    )`,
    `CREATE TABLE ${schema}.account (
      name text PRIMARY KEY,
      paused_until timestamptz NOT NULL,
      paused_because text NOT NULL
    )`,
  ],
  // Limits by time: which cancellations were started when.
  (schema) => [
    `CREATE TABLE ${schema}.start (account text NOT NULL, at timestamptz NOT NULL)`,
    `CREATE INDEX start_of_account ON ${schema}.start (account, at)`,
  ],
  // Places, what follows from a confirmed absence, and what is needed to notice that the database's clock was set back.
  (schema) => [
    `ALTER TABLE ${schema}.cancellation
      ADD COLUMN place text,
      ADD COLUMN other_place text,
      ADD COLUMN when_absent text NOT NULL DEFAULT 'refuse' CHECK (when_absent IN ('refuse', 'send_again')),
      ADD COLUMN sent_again boolean NOT NULL DEFAULT false`,
    `ALTER TABLE ${schema}.account ADD COLUMN paused_at timestamptz NOT NULL DEFAULT clock_timestamp()`,
    `CREATE TABLE ${schema}.worker (
      id text PRIMARY KEY,
      seen_at timestamptz NOT NULL,
      alive_until timestamptz NOT NULL
    )`,
  ],
  // Lists and counts that cost the same however many rows there are. The counts are changes that are added up: each
  // transaction adds rows of its own, so that none waits for another.
  (schema) => [
    `LOCK TABLE ${schema}.cancellation IN SHARE ROW EXCLUSIVE MODE`,
    `CREATE TABLE ${schema}.tally (
      account text NOT NULL,
      state text NOT NULL,
      needs_person boolean NOT NULL,
      change bigint NOT NULL
    )`,
    `INSERT INTO ${schema}.tally (account, state, needs_person, change)
      SELECT account, state, needs_person, count(*) FROM ${schema}.cancellation GROUP BY account, state, needs_person`,
    `CREATE FUNCTION ${schema}.add_to_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO ${schema}.tally (account, state, needs_person, change)
            SELECT account, state, needs_person, count(*) FROM added GROUP BY account, state, needs_person;
        ELSIF TG_OP = 'DELETE' THEN
          INSERT INTO ${schema}.tally (account, state, needs_person, change)
            SELECT account, state, needs_person, -count(*) FROM removed GROUP BY account, state, needs_person;
        ELSE
          INSERT INTO ${schema}.tally (account, state, needs_person, change)
            SELECT account, state, needs_person, sum(change) FROM (
              SELECT account, state, needs_person, 1 AS change FROM added
              UNION ALL SELECT account, state, needs_person, -1 FROM removed
            ) AS changes GROUP BY account, state, needs_person HAVING sum(change) <> 0;
        END IF;
        RETURN NULL;
      END
    $$`,
    `CREATE TRIGGER tally_added AFTER INSERT ON ${schema}.cancellation REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.add_to_tally()`,
    `CREATE TRIGGER tally_changed AFTER UPDATE ON ${schema}.cancellation REFERENCING OLD TABLE AS removed NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.add_to_tally()`,
    `CREATE TRIGGER tally_removed AFTER DELETE ON ${schema}.cancellation REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.add_to_tally()`,
    `CREATE UNIQUE INDEX cancellation_number ON ${schema}.cancellation (number)`,
    `CREATE INDEX cancellation_of_account ON ${schema}.cancellation (account, number)`,
    `CREATE INDEX cancellation_in_state ON ${schema}.cancellation (state, number)`,
    `CREATE INDEX cancellation_for_person ON ${schema}.cancellation (number) WHERE needs_person`,
  ],
  // What is settled goes into a partition for each month, and a month is dropped as a whole.
  (schema) => [
    `CREATE TABLE ${schema}.settled (LIKE ${schema}.cancellation, history jsonb NOT NULL) PARTITION BY RANGE (updated_at)`,
    `CREATE INDEX settled_id ON ${schema}.settled (id)`,
    `CREATE INDEX settled_number ON ${schema}.settled (number)`,
    `CREATE INDEX settled_listed ON ${schema}.settled (state, account, number)`,
    `CREATE INDEX settled_account ON ${schema}.settled (account, number)`,
    `CREATE INDEX settled_in_state ON ${schema}.settled (state, number)`,
    `CREATE TRIGGER tally_added AFTER INSERT ON ${schema}.settled REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.add_to_tally()`,
    `CREATE TRIGGER tally_removed AFTER DELETE ON ${schema}.settled REFERENCING OLD TABLE AS removed
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.add_to_tally()`,
    `CREATE INDEX cancellation_settled ON ${schema}.cancellation (updated_at)
      WHERE state IN ('requested', 'scheduled', 'completed', 'already_cancelled', 'refused') AND NOT needs_person AND lease_until IS NULL`,
  ],
  // Leases in the order in which they end: a scan in that order leaves out what has been settled since the last vacuum.
  // And no check of each line of history by a trigger: the statements that write lines hold the rows that these belong
  // to.
  (schema) => [
    `DROP INDEX IF EXISTS ${schema}.cancellation_leased`,
    `CREATE INDEX cancellation_leased ON ${schema}.cancellation (account, lease_until) WHERE lease_until IS NOT NULL`,
    `ALTER TABLE ${schema}.history DROP CONSTRAINT IF EXISTS history_cancellation_id_fkey`,
  ],
  // What is searched never changes, so it has a table of its own: a claim or an outcome costs no entry of its indexes.
  // Version 12 fills it. What has been due for longest, in order. And how many were settled when.
  (schema) => [
    `LOCK TABLE ${schema}.cancellation, ${schema}.settled IN SHARE ROW EXCLUSIVE MODE`,
    `CREATE TABLE ${schema}.search (
      number bigint PRIMARY KEY,
      account text NOT NULL,
      asked_by text,
      timing text NOT NULL,
      created_at timestamptz NOT NULL,
      sought text NOT NULL,
      grams int4[] NOT NULL
    )`,
    `CREATE INDEX search_grams ON ${schema}.search USING gin (grams)`,
    `CREATE INDEX search_asked_by ON ${schema}.search (asked_by, number) WHERE asked_by IS NOT NULL`,
    `CREATE INDEX search_timing ON ${schema}.search (timing, number)`,
    `CREATE INDEX search_created ON ${schema}.search (created_at, number)`,
    `ANALYZE ${schema}.search`,
    `CREATE INDEX cancellation_due ON ${schema}.cancellation (account, COALESCE(not_before, updated_at))
      WHERE state IN ('planned', 'unknown') AND NOT needs_person AND lease_until IS NULL`,
    `CREATE TABLE ${schema}.settled_count (
      account text NOT NULL,
      at timestamptz NOT NULL,
      good boolean NOT NULL,
      count bigint NOT NULL,
      is_folded boolean NOT NULL DEFAULT false
    )`,
    `CREATE FUNCTION ${schema}.count_settled() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
      BEGIN
        INSERT INTO ${schema}.settled_count (account, at, good, count)
          SELECT account, clock_timestamp(), state <> 'refused', sum(change) FROM (
            SELECT account, state, 1 AS change FROM added
            UNION ALL SELECT account, state, -1 FROM removed
          ) AS changes
          WHERE state IN ('requested', 'scheduled', 'completed', 'already_cancelled', 'refused')
          GROUP BY account, state <> 'refused' HAVING sum(change) > 0;
        RETURN NULL;
      END
    $$`,
    `CREATE TRIGGER settled_counted AFTER UPDATE ON ${schema}.cancellation REFERENCING OLD TABLE AS removed NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.count_settled()`,
  ],
  // Every change of a state, and where a cancellation was enqueued from. A change is numbered before its transaction is
  // committed; its position in the feed, which readers continue from, is given to it afterwards.
  (schema) => [
    `ALTER TABLE ${schema}.cancellation ADD COLUMN traceparent text`,
    `ALTER TABLE ${schema}.settled ADD COLUMN traceparent text`,
    `CREATE TABLE ${schema}.change (
      seq bigint GENERATED ALWAYS AS IDENTITY,
      position bigint,
      key uuid NOT NULL DEFAULT gen_random_uuid(),
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      cancellation_id text NOT NULL,
      account text NOT NULL,
      from_state text,
      to_state text NOT NULL,
      needs_person boolean NOT NULL,
      code text,
      decided_by text
    )`,
    `CREATE INDEX change_unplaced ON ${schema}.change (seq) WHERE position IS NULL`,
    `CREATE INDEX change_placed ON ${schema}.change (position) WHERE position IS NOT NULL`,
    `CREATE TABLE ${schema}.feed (last bigint NOT NULL, dropped bigint NOT NULL, dropped_key uuid)`,
    `INSERT INTO ${schema}.feed (last, dropped) VALUES (0, 0)`,
    // A cancellation that was never claimed or decided is new; others are inserted when they are moved back from their
    // month. The plan is kept for small and large statements, so it must not compare each row with each other one.
    `CREATE FUNCTION ${schema}.note_changes() RETURNS trigger LANGUAGE plpgsql
      SET search_path = pg_catalog SET enable_nestloop = off AS $$
      DECLARE
        first bigint;
      BEGIN
        IF TG_OP = 'INSERT' THEN
          WITH noted AS (
            INSERT INTO ${schema}.change (cancellation_id, account, to_state, needs_person, decided_by)
            SELECT id, account, state, needs_person, asked_by FROM added WHERE claim = 0 ORDER BY number
            RETURNING seq
          ) SELECT min(seq) INTO first FROM noted;
        ELSE
          WITH noted AS (
            INSERT INTO ${schema}.change (cancellation_id, account, from_state, to_state, needs_person, code, decided_by)
            SELECT a.id, a.account, r.state, a.state, a.needs_person, a.error->>'code',
              NULLIF(current_setting('cancelkit.by', true), '')
            FROM added a JOIN removed r ON r.id = a.id
            WHERE a.state <> r.state OR a.needs_person <> r.needs_person
            RETURNING seq
          ) SELECT min(seq) INTO first FROM noted;
        END IF;
        IF first IS NOT NULL AND COALESCE(current_setting('cancelkit.first_change', true), '') = '' THEN
          PERFORM set_config('cancelkit.first_change', first::text, true);
        END IF;
        RETURN NULL;
      END
    $$`,
    `CREATE TRIGGER change_added AFTER INSERT ON ${schema}.cancellation REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.note_changes()`,
    `CREATE TRIGGER change_made AFTER UPDATE ON ${schema}.cancellation REFERENCING OLD TABLE AS removed NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.note_changes()`,
  ],
  // Proposals, and cancellations that are followed until their service is over: `follow` is what was asked for,
  // `following` what the readings have shown. What had been accepted before is not followed: it has no next reading.
  (schema) => [
    `ALTER TABLE ${schema}.cancellation
      ADD COLUMN follow jsonb,
      ADD COLUMN following jsonb,
      ADD COLUMN followed_since timestamptz,
      ADD COLUMN follow_read_at timestamptz`,
    `ALTER TABLE ${schema}.settled
      ADD COLUMN follow jsonb,
      ADD COLUMN following jsonb,
      ADD COLUMN followed_since timestamptz,
      ADD COLUMN follow_read_at timestamptz`,
    `ALTER TABLE ${schema}.cancellation DROP CONSTRAINT IF EXISTS cancellation_state_check`,
    `ALTER TABLE ${schema}.cancellation ADD CONSTRAINT cancellation_state_check CHECK (state IN ('proposed', 'planned',
      'intent', 'sent', 'requested', 'scheduled', 'completed', 'already_cancelled', 'refused', 'unknown', 'lapsed', 'overdue'))`,
    `DROP INDEX IF EXISTS ${schema}.cancellation_open`,
    `CREATE UNIQUE INDEX cancellation_open ON ${schema}.cancellation (account, service_key)
      WHERE state IN ('proposed', 'planned', 'intent', 'sent', 'unknown')`,
    `UPDATE ${schema}.cancellation SET not_before = NULL
      WHERE state IN ('requested', 'scheduled', 'completed', 'already_cancelled', 'refused') AND not_before IS NOT NULL`,
    `DROP INDEX IF EXISTS ${schema}.cancellation_settled`,
    `CREATE INDEX cancellation_settled ON ${schema}.cancellation (updated_at)
      WHERE state IN ('requested', 'scheduled', 'completed', 'already_cancelled', 'refused', 'lapsed', 'overdue')
        AND NOT needs_person AND lease_until IS NULL AND not_before IS NULL`,
    `CREATE INDEX cancellation_followed ON ${schema}.cancellation (account, not_before)
      WHERE state IN ('requested', 'scheduled') AND not_before IS NOT NULL`,
    `CREATE INDEX cancellation_followed_service ON ${schema}.cancellation (account, service_key)
      WHERE followed_since IS NOT NULL`,
  ],
  // What an account was given at a time, in the order of the time.
  (schema) => [
    `CREATE INDEX search_account ON ${schema}.search (account, created_at, number)`,
    `ANALYZE ${schema}.search`,
  ],
  // How often in a row an account was turned away, since when, and whether it rests because of that.
  (schema) => [
    `ALTER TABLE ${schema}.account
      ADD COLUMN turned_away integer NOT NULL DEFAULT 0,
      ADD COLUMN turned_away_since timestamptz,
      ADD COLUMN is_turned_away boolean NOT NULL DEFAULT false`,
  ],
  // Searched by longer pieces, which few rows have, instead of trigrams. Emptied and filled again, as a table that was
  // changed row by row would be twice as large for long.
  (schema) => [
    `LOCK TABLE ${schema}.cancellation, ${schema}.settled IN SHARE ROW EXCLUSIVE MODE`,
    `TRUNCATE ${schema}.search`,
    `ALTER TABLE ${schema}.search DROP COLUMN grams, ADD COLUMN pieces tsvector NOT NULL`,
    (client) => fillSearch(client, schema),
    `CREATE INDEX search_pieces ON ${schema}.search USING gin (pieces)`,
    `ANALYZE ${schema}.search`,
  ],
];

import type { QueryClient } from '../database/database.ts';
import { LONGEST_REST_MS } from './policy.ts';

/**
 * Statement that makes accounts rest. An account that is turned away again after a rest rests twice as long as the last
 * time, up to a day: credentials that were revoked for good are not tried all day.
 *
 * @param rests a query for `account`, `now`, `"pauseMs"`, `"pauseBecause"` and `"isTurnedAway"`, once for each account.
 */
export function letRest(schema: string, rests: string): string {
  const isAgain = `EXCLUDED.turned_away = 1 AND a.paused_until <= EXCLUDED.paused_at`;
  // Several workers may be turned away in the same moment. That counts once.
  const times = `CASE WHEN ${isAgain} THEN a.turned_away + 1 ELSE GREATEST(a.turned_away, EXCLUDED.turned_away) END`;
  const longer = `LEAST((EXCLUDED.paused_until - EXCLUDED.paused_at) * power(2, LEAST(a.turned_away, 10)),
    GREATEST(EXCLUDED.paused_until - EXCLUDED.paused_at, interval '${LONGEST_REST_MS} milliseconds'))`;
  const until = `CASE WHEN ${isAgain} THEN EXCLUDED.paused_at + ${longer} ELSE EXCLUDED.paused_until END`;
  // Of two rests, the longer one counts, and says why.
  const latest = (column: string): string =>
    `${column} = CASE WHEN ${until} >= a.paused_until THEN EXCLUDED.${column} ELSE a.${column} END`;
  return `INSERT INTO ${schema}.account AS a
      (name, paused_at, paused_until, paused_because, is_turned_away, turned_away, turned_away_since)
    SELECT account, now, now + "pauseMs" * interval '1 millisecond', "pauseBecause", COALESCE("isTurnedAway", false),
      CASE WHEN "isTurnedAway" THEN 1 ELSE 0 END, CASE WHEN "isTurnedAway" THEN now END
    FROM (${rests}) rests
    ON CONFLICT (name) DO UPDATE SET paused_at = EXCLUDED.paused_at, ${latest('paused_because')},
      ${latest('is_turned_away')}, paused_until = GREATEST(a.paused_until, ${until}), turned_away = ${times},
      turned_away_since = COALESCE(a.turned_away_since, EXCLUDED.turned_away_since)`;
}

/**
 * Ends the long rests of accounts an hour after they were turned away, for a worker that starts: perhaps with other
 * credentials. A time that the provider named stays.
 */
export async function tryAgainSoon(client: QueryClient, schema: string, accounts: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE ${schema}.account SET paused_until = GREATEST(paused_at + interval '1 hour', clock_timestamp())
     WHERE name = ANY($1::text[]) AND is_turned_away AND paused_until > paused_at + interval '1 hour'
       AND paused_until > clock_timestamp()`,
    [accounts],
  );
}

/**
 * The accounts that rested lately because several requests in a row proved nothing. A worker that starts does not know
 * of those: one more is enough for it.
 */
export async function lastProvedNothing(
  client: QueryClient,
  schema: string,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query(
    `SELECT name FROM ${schema}.account WHERE name = ANY($1::text[]) AND NOT is_turned_away
       AND paused_because IN ('outcome_unknown', 'unexpected_response')
       AND paused_until > clock_timestamp() - interval '1 hour'`,
    [accounts],
  );
  return rows.map(({ name }) => String(name));
}

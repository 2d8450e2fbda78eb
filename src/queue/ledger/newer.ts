import type { QueryClient } from '../database/database.ts';
import type { Claimed } from '../model/claimed.ts';
import { OPEN_STATES, sqlList } from '../model/state.ts';

/**
 * Whether a newer cancellation of the same service has replaced this one: `open` if its outcome is not known yet,
 * `accepted` if the provider accepted it and it is, or was, followed; `undefined` if no such one exists.
 */
export async function newerOf(
  client: QueryClient,
  schema: string,
  { id }: Claimed,
): Promise<'open' | 'accepted' | undefined> {
  const { rows } = await client.query(
    `WITH own AS (SELECT number, account, service_key FROM ${schema}.cancellation WHERE id = $1)
     SELECT CASE WHEN EXISTS (SELECT FROM ${schema}.cancellation c, own WHERE c.account = own.account
         AND c.service_key = own.service_key AND c.number > own.number AND c.state IN ${sqlList(OPEN_STATES)}) THEN 'open'
       WHEN EXISTS (SELECT FROM ${schema}.cancellation c, own WHERE c.account = own.account
         AND c.service_key = own.service_key AND c.number > own.number AND c.followed_since IS NOT NULL) THEN 'accepted'
       END AS newer`,
    [id],
  );
  const newer = rows[0]?.['newer'];
  return newer === 'open' || newer === 'accepted' ? newer : undefined;
}

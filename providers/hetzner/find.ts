import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  listedPage,
  type Exchange,
  type FindVerdict,
  type ListedService,
} from '../../src/provider/index.ts';
import { toServersRequest } from './request.ts';
import { fromErrorResponse, listIn } from './response.ts';
import type { HetznerService } from './service.ts';

const entrySchema = v.object({
  server: v.object({
    server_number: v.union([v.number(), v.string()]),
    server_name: text,
    server_ip: text,
    server_ipv6_net: text,
    status: text,
    cancelled: v.fallback(v.optional(v.boolean()), undefined),
    paid_until: text,
  }),
});

/**
 * `GET /server`: all of them in one answer, without a filter; a 404 in the API’s words if the account has no server.
 */
export function* listServices(): Exchange<FindVerdict<HetznerService>> {
  const response = yield toServersRequest();
  const entries = listIn(response);
  if (entries !== undefined) return listedPage(entries, serviceIn);
  const verdict = fromErrorResponse(response);
  return verdict.verdict === 'absent' ? listedPage([], serviceIn) : verdict;
}

function serviceIn(entry: unknown): ListedService<HetznerService> | undefined {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) return undefined;
  const { server_number: id, server_name, server_ip, server_ipv6_net, ...shown } = parsed.output.server;
  const { status, cancelled, paid_until } = shown;
  const addresses = [server_ip, server_ipv6_net].filter((one) => one !== undefined);
  return {
    service: { serverNumber: id },
    name: server_name || addresses[0] || String(id),
    alsoKnownAs: addresses,
    state: status === 'ready' ? 'active' : status === 'in process' ? 'pending' : 'unknown',
    ...defined({
      stateText: status,
      nextDueDate: effectiveAt(paid_until),
      // The cancellation itself says for which day.
      cancellation:
        cancelled === undefined ? undefined : { state: cancelled ? ('requested' as const) : ('none' as const) },
    }),
  };
}

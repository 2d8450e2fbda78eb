import * as v from 'valibot';
import type { CredentialsCheck } from '../../src/provider/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import { toListRequest } from './request.ts';
import { fromErrorResponse } from './response.ts';

const pageSchema = v.object({ data: v.array(v.unknown()) });

/** `GET /v1/servers`, one server a page. */
export const vpsbgCheck: CredentialsCheck<ResolvedVpsbgConfig> = {
  reads: 'the first server of the list',
  basis: 'documented',
  leavesOpen: 'whether the token has the ability "Write", which cancelling needs',
  *run(config) {
    const response = yield toListRequest(config);
    if (response.status !== 200) return fromErrorResponse(response);
    const isPage = response.body.kind === 'json' && v.is(pageSchema, response.body.value);
    return isPage ? { verdict: 'accepted' } : fromErrorResponse(response);
  },
};

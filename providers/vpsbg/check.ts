import * as v from 'valibot';
import { readBody, type CredentialsCheck } from '../../src/provider/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import { vpsbgCheck } from './profile.ts';
import { toListRequest } from './request.ts';
import { fromErrorResponse } from './response.ts';

const pageSchema = v.object({ data: v.array(v.unknown()) });

/** `GET /v1/servers`, one server a page. */
export const checkCredentials: CredentialsCheck<ResolvedVpsbgConfig> = {
  ...vpsbgCheck,
  *run(config) {
    const response = yield toListRequest(config);
    if (response.status !== 200) return fromErrorResponse(response);
    return readBody(response, pageSchema) !== undefined ? { verdict: 'accepted' } : fromErrorResponse(response);
  },
};

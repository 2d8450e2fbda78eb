import type { CredentialsCheck } from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer } from './answer.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import { toCancellationsRequest } from './request.ts';

/** Action `GetCancelledPackages`, one entry. */
export const whmcsCheck: CredentialsCheck<ResolvedWhmcsConfig> = {
  reads: 'the first of the cancellation requests',
  basis: 'documented',
  leavesOpen: 'whether the API role allows the action AddCancelRequest',
  *run(config) {
    const response = yield toCancellationsRequest(0, 1, config);
    const answer = readAnswer(response);
    if (answer === undefined) return { verdict: 'unrecognized' };
    return answer.result === 'success' ? { verdict: 'accepted' } : fromErrorAnswer(response.status, answer);
  },
};

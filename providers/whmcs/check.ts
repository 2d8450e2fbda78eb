import type { CredentialsCheck } from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer } from './answer.ts';
import type { ResolvedWhmcsConfig } from './config.ts';
import { whmcsCheck } from './profile.ts';
import { toCancellationsRequest } from './request.ts';

/** Action `GetCancelledPackages`, one entry. */
export const checkCredentials: CredentialsCheck<ResolvedWhmcsConfig> = {
  ...whmcsCheck,
  *run(config) {
    const response = yield toCancellationsRequest(0, 1, config);
    const answer = readAnswer(response);
    if (answer === undefined) return { verdict: 'unrecognized' };
    return answer.result === 'success' ? { verdict: 'accepted' } : fromErrorAnswer(response.status, answer);
  },
};

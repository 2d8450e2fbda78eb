import { unclear, type CredentialsCheck } from '../../src/provider/index.ts';
import { commonRefusal, credentialsRefusal, readAnswer, saidIn } from './answer.ts';
import type { ResolvedEdisConfig } from './config.ts';
import { edisCheck } from './profile.ts';

/** `POST /kvm/v2/get/paymentmethods`: documented as a call; that it checks the credentials is inferred. */
export const checkCredentials: CredentialsCheck<ResolvedEdisConfig> = {
  ...edisCheck,
  *run(config) {
    const response = yield {
      method: 'POST',
      effect: 'read',
      path: ['kvm', 'v2', 'get', 'paymentmethods'],
      form: { email: config.email, pw: config.password },
    };
    const answer = readAnswer(response);
    if (answer === undefined) return { verdict: 'unrecognized' };
    const isSuccess = answer.status === 'success' && response.status >= 200 && response.status <= 299;
    if (isSuccess) return { verdict: 'accepted' };
    const providerMessage = saidIn(answer);
    const common = answer.status === 'error' ? commonRefusal(response.status, providerMessage) : undefined;
    const refusal = credentialsRefusal(answer) ?? common;
    if (refusal !== undefined) return { ...refusal, providerMessage };
    const message = 'the response says neither yes nor that the credentials are wrong.';
    return unclear('provider_error', message, { providerMessage });
  },
};

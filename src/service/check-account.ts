import { internalsOf } from '../accounts/account.ts';
import { openAccount } from '../accounts/ready-call.ts';
import { Call } from '../call/call.ts';
import { runCall } from '../call/run-call.ts';
import { startLimit } from '../call/time-limit.ts';
import type { Account } from '../contract/account.ts';
import type { ServiceOptions } from '../contract/options.ts';
import { readFailure } from '../outcome/read-status.ts';
import { runRead } from '../sending/run-exchange.ts';

/** What is known once an account's credentials have been accepted. */
export interface AcceptedCredentials {
  readonly account: string;
  readonly provider: string;
  /** What was read. */
  readonly reads: string;
  /** Whether it is documented that this read needs the credentials. */
  readonly basis: 'documented' | 'inferred';
  /** What the acceptance does not prove. */
  readonly leavesOpen?: string;
}

/**
 * Asks the provider whether an account's credentials are accepted, by a read that changes nothing.
 *
 * @throws ProviderError `unsupported` if the provider has no such read, else any code but `outcome_unknown`.
 */
export function checkAccount(
  name: string,
  account: Account,
  options: Pick<ServiceOptions, 'fetch' | 'proxy' | 'deadlineMs' | 'attemptTimeoutMs'> = {},
): Promise<AcceptedCredentials> {
  const call = new Call('check');
  call.account = name;
  call.provider = account.provider;
  return runCall(call, () => check(name, account, options, call));
}

async function check(
  name: string,
  account: Account,
  options: Pick<ServiceOptions, 'fetch' | 'proxy' | 'deadlineMs' | 'attemptTimeoutMs'>,
  call: Call,
): Promise<AcceptedCredentials> {
  const internals = internalsOf(account);
  if (internals?.check === undefined) {
    const message = 'this API has no read that changes nothing and needs no service. Read the state of a service back.';
    throw call.error({ code: 'unsupported', message });
  }
  const { reads, basis, leavesOpen, configure } = internals.check;
  const limit = startLimit(call, options);
  const { configured, context } = await openAccount(configure, internals.env, call, limit, options, false);
  const { verdict, response } = await runRead(configured.run(), call, context);
  if (verdict.verdict !== 'accepted') throw call.error(readFailure(verdict, response));
  return {
    account: name,
    provider: account.provider,
    reads,
    basis,
    ...(leavesOpen === undefined ? {} : { leavesOpen }),
  };
}

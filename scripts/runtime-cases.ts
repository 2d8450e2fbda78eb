import { createCancelService, type CancelService } from 'cancelkit';
import { whmcs, type WhmcsAccount } from 'cancelkit/whmcs';

/** Where the cases send to. */
export interface RuntimeTargets {
  readonly answering: string;
  readonly resetting: string;
  readonly refusing: string;
  readonly unknown: string;
}

/** The outcome, or the error's code, of one cancellation at each target. */
export type RuntimeOutcomes = Readonly<Record<keyof RuntimeTargets, string>>;

/** Cancels once at each target. It runs on every runtime, so it uses nothing that only one of them has. */
export async function runCases(targets: RuntimeTargets): Promise<RuntimeOutcomes> {
  const services = createCancelService({
    answering: accountAt(targets.answering),
    resetting: accountAt(targets.resetting),
    refusing: accountAt(targets.refusing),
    unknown: accountAt(targets.unknown),
  });
  return {
    answering: await outcomeAt(services, 'answering'),
    resetting: await outcomeAt(services, 'resetting'),
    refusing: await outcomeAt(services, 'refusing'),
    unknown: await outcomeAt(services, 'unknown'),
  };
}

function accountAt(url: string): WhmcsAccount {
  return whmcs({ url, identifier: 'runtime-identifier-4711', secret: 'runtime-secret-4711' });
}

async function outcomeAt(
  services: CancelService<Record<keyof RuntimeTargets, WhmcsAccount>>,
  account: keyof RuntimeTargets,
): Promise<string> {
  const done = await services.safeCancel({ account, service: { serviceId: 4711 }, when: 'end_of_period' });
  return done.ok ? done.result.outcome : done.error.code;
}

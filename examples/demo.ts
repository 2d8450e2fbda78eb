/**
 * Cancels at four providers, with both timings, over real HTTP against the sandbox, and shows what went over the
 * wire, the responses, and what the caller gets. Run it with `npm run demo`.
 */
import { createCancelService, type CancelResult, type ProviderError } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { startSandbox, type RecordedRequest } from 'cancelkit/sandbox';
import { createPrinter } from './demo-printer.ts';

await using sandbox = await startSandbox();
const { edis: edisLogin, vpsbg, hosting, whmcs } = sandbox.settings;
const wrong = 'not the password';
const print = createPrinter([wrong, edisLogin.password, vpsbg.token, hosting.token, whmcs.identifier, whmcs.secret]);

const services = createCancelService(
  { ...sandbox.accounts, edisWrongPassword: edis({ ...edisLogin, password: wrong }) },
  { attemptTimeoutMs: 1_000 },
);

let accepted = 0;
for (const when of ['immediate', 'end_of_period'] as const) {
  print.heading(when === 'immediate' ? 'Cancel now' : 'Cancel at the end of the paid period');
  const order = { when, reason: { category: 'no_longer_needed' }, reference: `order-${accepted + 1}` } as const;

  const { kvmId } = sandbox.edis.add();
  show('EDIS', sandbox.edis.requests, await services.cancel({ account: 'edis', service: { kvmId }, ...order }));

  const { serverId } = sandbox.vpsbg.add();
  show('VPSBG', sandbox.vpsbg.requests, await services.cancel({ account: 'vpsbg', service: { serverId }, ...order }));

  const { hostingId, domain } = sandbox.hosting.add();
  const hosted = await services.cancel({ account: 'hosting', service: { hostingId, domain }, ...order });
  show('Hosting API', sandbox.hosting.requests, hosted);

  const { serviceId } = sandbox.whmcs.add();
  show('WHMCS', sandbox.whmcs.requests, await services.cancel({ account: 'whmcs', service: { serviceId }, ...order }));
}

print.heading('When it does not work');
let failed = 0;

const { kvmId } = sandbox.edis.add();
const wrongPassword = await services.safeCancel({
  account: 'edisWrongPassword',
  service: { kvmId },
  when: 'immediate',
});
explain('EDIS, with a wrong password', sandbox.edis.requests, wrongPassword);

const { cancelled } = sandbox.whmcs.seeded;
const repeated = { account: 'whmcs', service: { serviceId: cancelled.serviceId } } as const;
explain(
  'WHMCS, cancelled before with the same timing',
  sandbox.whmcs.requests,
  await services.safeCancel({ ...repeated, when: 'end_of_period' }),
);
explain(
  'WHMCS, cancelled before with the other timing',
  sandbox.whmcs.requests,
  await services.safeCancel({ ...repeated, when: 'immediate' }),
);

sandbox.edis.fault({ kind: 'hang', executed: true });
explain(
  'EDIS, the response never comes, and this API cannot be asked',
  sandbox.edis.requests,
  await services.safeCancel({ account: 'edis', service: { kvmId: sandbox.edis.add().kvmId }, when: 'immediate' }),
);

const { serverId } = sandbox.vpsbg.add();
sandbox.vpsbg.fault({ kind: 'hang', executed: true });
explain(
  'VPSBG, the response never comes, and the state is read back',
  sandbox.vpsbg.requests,
  await services.safeCancel({ account: 'vpsbg', service: { serverId }, when: 'end_of_period' }),
);
print.line('sent', `${sandbox.vpsbg.service(serverId).timesCancelled} time`);

print.last(`Shown: ${accepted} cancellations at 4 providers with both timings, and ${failed} that went otherwise.`);

function show(title: string, requests: readonly RecordedRequest[], result: CancelResult): void {
  accepted += 1;
  print.title(title);
  print.request(requests.at(-1));
  print.line('answer', JSON.stringify(result.raw));
  print.result(result);
}

function explain(
  title: string,
  requests: readonly RecordedRequest[],
  outcome: { readonly ok: true; readonly result: CancelResult } | { readonly ok: false; readonly error: ProviderError },
): void {
  failed += 1;
  print.title(title);
  // A read-back can follow a cancellation; what is shown is the cancellation.
  print.request(requests.findLast(({ path, body }) => /\/cancel\/|\/cancel$|AddCancelRequest/.test(`${body} ${path}`)));
  if (outcome.ok) {
    print.line('answer', JSON.stringify(outcome.result.raw));
    print.result(outcome.result);
  } else {
    print.error(outcome.error);
  }
}

/** Cancels once at the URL that it is given, within so many milliseconds, and prints the outcome. */
import { whmcs } from '../../providers/whmcs/index.ts';
import { createCancelService } from '../../src/index.ts';

const [url = '', attemptTimeoutMs = '10000'] = process.argv.slice(2);
const billing = whmcs({ url, identifier: 'an-identifier-of-no-use', secret: 'a-secret-of-no-use' });
const services = createCancelService({ billing }, { attemptTimeoutMs: Number(attemptTimeoutMs) });
const settled = await services.safeCancel({
  account: 'billing',
  service: { serviceId: 4711 },
  when: 'end_of_period',
});
console.log(settled.ok ? settled.result.outcome : settled.error.code);
process.exit();

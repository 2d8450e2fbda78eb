/**
 * Cancels once at the URL that it is given, in a process whose `fetch` was replaced before cancelkit was loaded: by
 * nock (which answers by itself), by MSW (which passes the request on here), or by a function around it, as frameworks
 * do. Prints the outcome and how often that was called.
 */
import nock from 'nock';

const [how, url = ''] = process.argv.slice(2);
let calls = 0;
if (how === 'nock') {
  nock(url)
    .post('/includes/api.php')
    .reply(200, () => {
      calls += 1;
      return { result: 'success', serviceid: 4711 };
    });
} else if (how === 'MSW') {
  nock.restore();
  const [{ http, passthrough }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')]);
  const handler = http.post(`${url}/includes/api.php`, () => {
    calls += 1;
    return passthrough();
  });
  setupServer(handler).listen();
} else {
  nock.restore();
  const original = globalThis.fetch;
  globalThis.fetch = (...given) => {
    calls += 1;
    return original(...given);
  };
}
const { createCancelService } = await import('../../src/index.ts');
const { whmcs } = await import('../../providers/whmcs/index.ts');
const billing = whmcs({ url, identifier: 'an-identifier-of-no-use', secret: 'a-secret-of-no-use' });
const settled = await createCancelService({ billing }).safeCancel({
  account: 'billing',
  service: { serviceId: 4711 },
  when: 'end_of_period',
});
console.log(settled.ok ? settled.result.outcome : settled.error.code, calls);
process.exit();

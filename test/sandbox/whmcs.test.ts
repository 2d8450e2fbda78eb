import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, postForm, sendJson } from './http.ts';

let sandbox: Sandbox;
let active: number;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  active = sandbox.whmcs.seeded.active.serviceId;
  return () => sandbox.close();
});

function whmcs(
  action: string,
  fields: Readonly<Record<string, string>> = {},
  { url, identifier, secret } = sandbox.settings.whmcs,
): Promise<Answer> {
  return postForm(`${url}/includes/api.php`, { action, identifier, secret, responsetype: 'json', ...fields });
}
function cancel(serviceId: number, type = 'End of Billing Period', fields = {}): Promise<Answer> {
  return whmcs('AddCancelRequest', { serviceid: String(serviceId), type, ...fields });
}

describe('a cancellation at WHMCS', () => {
  it('is stored, and carried out by the cron when the period ends', async () => {
    const answer = await cancel(active, 'End of Billing Period', { reason: 'Zu teuer & "alt"' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ result: 'success', serviceid: active, userid: 7 });
    expect(sandbox.whmcs.service(active)).toMatchObject({
      status: 'Active',
      cancellation: { when: 'end_of_period', reason: 'Zu teuer & "alt"' },
    });
    sandbox.clock.set(new Date('2026-03-29T23:59:59Z'));
    expect(sandbox.whmcs.service(active).status).toBe('Active');
    sandbox.clock.set(new Date('2026-03-30T00:00:00Z'));
    expect(sandbox.whmcs.service(active).status).toBe('Cancelled');
  });

  it('is carried out by the next cron when immediate', async () => {
    await cancel(active, 'Immediate');
    sandbox.clock.advance({ hours: 15 });
    expect(sandbox.whmcs.service(active).status).toBe('Active');
    sandbox.clock.advance({ hours: 1 });
    expect(sandbox.whmcs.service(active)).toMatchObject({ status: 'Cancelled', cancellation: { when: 'immediate' } });
  });

  it('stays a request, without renewal, if nobody automated it, until a person acts', async () => {
    sandbox.whmcs.configure({ automation: false });
    await cancel(active, 'Immediate');
    sandbox.clock.advance({ days: 40 });
    expect(sandbox.whmcs.service(active)).toMatchObject({
      status: 'Active',
      nextDueDate: new Date('2026-03-30T00:00:00Z'),
    });
    sandbox.whmcs.terminate(active);
    expect(sandbox.whmcs.service(active).status).toBe('Cancelled');
  });

  it('is refused with 200 when one exists, and accepted again once a person removed that one', async () => {
    const { serviceId } = sandbox.whmcs.seeded.cancelled;
    expect(await cancel(serviceId, 'Immediate')).toMatchObject({
      status: 200,
      json: { result: 'error', message: 'Existing Cancellation Request Exists' },
    });
    expect(sandbox.whmcs.service(serviceId).cancellation?.when).toBe('end_of_period');
    sandbox.whmcs.deleteCancellationRequest(serviceId);
    expect(sandbox.whmcs.service(serviceId).cancellation).toBeNull();
    expect((await cancel(serviceId)).json).toMatchObject({ result: 'success' });
  });

  it.each([{ serviceid: '9' }, { serviceid: '101 ' }, { serviceid: '0101' }, {}])('of %j is not found', async (id) => {
    expect(await whmcs('AddCancelRequest', { ...id, type: 'Immediate' })).toMatchObject({
      status: 200,
      json: { result: 'error', message: 'Service ID Not Found' },
    });
  });

  it('needs a known type', async () => {
    expect((await cancel(active, 'immediate')).json).toMatchObject({ result: 'error' });
    expect(sandbox.whmcs.cancellationRequests()).toHaveLength(1);
  });

  it.each([true, false])('can fail once with the message of a payment gateway; stored: %s', async (executed) => {
    sandbox.whmcs.failNextCancel({ message: 'Subscription could not be cancelled', executed });
    expect(await cancel(active)).toMatchObject({
      status: 200,
      json: { result: 'error', message: 'Subscription could not be cancelled' },
    });
    expect(sandbox.whmcs.service(active).timesCancelled).toBe(executed ? 1 : 0);
    expect((await cancel(active)).json).toMatchObject({ result: executed ? 'error' : 'success' });
  });
});

describe('access to WHMCS', () => {
  const refused = (message: string): object => ({ status: 403, json: { result: 'error', message } });

  it('is also had in a sub-directory, and nowhere else', async () => {
    expect((await whmcs('getclientsproducts', {}, sandbox.settings.whmcsInDirectory)).status).toBe(200);
    const elsewhere = { ...sandbox.settings.whmcs, url: `${sandbox.settings.whmcs.url}/shop` };
    expect(await whmcs('GetClientsProducts', {}, elsewhere)).toMatchObject({ status: 404, json: undefined });
  });

  it('is also had with an administrator and the md5 of the password, but not with the password itself', async () => {
    const { url, username, password } = sandbox.settings.whmcsAdministrator;
    const passwordMd5 = createHash('md5').update(password).digest('hex');
    const fields = { action: 'GetClientsProducts', responsetype: 'json', username };
    const log = (secret: string): Promise<Answer> =>
      postForm(`${url}/includes/api.php`, { ...fields, password: secret });
    expect((await log(passwordMd5)).json).toMatchObject({ result: 'success' });
    expect(await log(password)).toMatchObject(refused('Authentication Failed'));
  });

  it('is also had with API credentials in the fields of a name and a password', async () => {
    const { url, identifier, secret } = sandbox.settings.whmcs;
    const fields = { action: 'GetClientsProducts', responsetype: 'json' };
    const answer = await postForm(`${url}/includes/api.php`, { ...fields, username: identifier, password: secret });
    expect(answer.json).toMatchObject({ result: 'success' });
    const md5 = createHash('md5').update(secret).digest('hex');
    const hashed = await postForm(`${url}/includes/api.php`, { ...fields, username: identifier, password: md5 });
    expect(hashed).toMatchObject(refused('Authentication Failed'));
  });

  it('is also had with a multipart form, as PHP reads it', async () => {
    const { url, identifier, secret } = sandbox.settings.whmcs;
    const form = new FormData();
    const fields = { action: 'GetClientsProducts', responsetype: 'json', identifier, secret };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('upload', new Blob(['x']), 'x.txt');
    expect((await call(`${url}/includes/api.php`, { method: 'POST', body: form })).json).toMatchObject({
      result: 'success',
    });
    const broken = { method: 'POST', body: 'no parts', headers: { 'content-type': 'multipart/form-data' } };
    expect((await call(`${url}/includes/api.php`, broken)).text).toContain('Invalid or missing credentials');
  });

  it('is banned after three bad logins, for 15 minutes', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await whmcs('GetClientsProducts', { secret: 'wrong' })).toMatchObject(refused('Authentication Failed'));
    }
    expect(await cancel(active)).toMatchObject(refused('IP Banned'));
    sandbox.clock.advance({ minutes: 15 });
    expect((await cancel(active)).json).toMatchObject({ result: 'success' });
  });

  it('starts counting anew after a good login, and a ban can be lifted', async () => {
    const bad = (): Promise<Answer> => whmcs('GetClientsProducts', { secret: 'wrong' });
    await bad();
    await bad();
    await whmcs('GetClientsProducts');
    await bad();
    await bad();
    expect((await whmcs('GetClientsProducts')).status).toBe(200);
    for (let attempt = 0; attempt < 3; attempt += 1) await bad();
    sandbox.whmcs.liftBans();
    expect((await whmcs('GetClientsProducts')).status).toBe(200);
  });

  it.each(['127.0.0.1', '2001:db8::7'])('is refused to %s when it is not on the allowlist', async (callerIp) => {
    sandbox.whmcs.configure({ callerIp, allowedIps: ['198.51.100.1'] });
    expect(await cancel(active)).toMatchObject(refused(`Invalid IP ${callerIp}`));
    sandbox.whmcs.configure({ allowedIps: [callerIp] });
    expect((await cancel(active)).status).toBe(200);
  });

  it('is given to any address with the access key', async () => {
    sandbox.whmcs.configure({ allowedIps: [], accessKey: 'let me & in' });
    expect((await whmcs('GetClientsProducts', { accesskey: 'wrong' })).status).toBe(403);
    expect((await whmcs('GetClientsProducts', { accesskey: 'let me & in' })).status).toBe(200);
  });

  it('is bounded by the role, the account and the administrator', async () => {
    const { whmcsReadOnly, whmcsDisabled, whmcsWithoutApiAccess } = sandbox.settings;
    const fields = { serviceid: String(active), type: 'Immediate' };
    expect(await whmcs('AddCancelRequest', fields, whmcsReadOnly)).toMatchObject(
      refused('Invalid Permissions: API action "addcancelrequest" is not allowed'),
    );
    expect((await whmcs('GetCancelledPackages', {}, whmcsReadOnly)).status).toBe(200);
    expect(await whmcs('AddCancelRequest', fields, whmcsDisabled)).toMatchObject(
      refused('Administrator Account Disabled'),
    );
    expect(await whmcs('AddCancelRequest', fields, whmcsWithoutApiAccess)).toMatchObject(refused('Access Denied'));
    expect(sandbox.whmcs.service(active).cancellation).toBeNull();
  });

  it('needs credentials in a form', async () => {
    const { url, ...credentials } = sandbox.settings.whmcs;
    const body = { action: 'GetClientsProducts', responsetype: 'json', ...credentials };
    const answers = await Promise.all([
      sendJson('POST', `${url}/includes/api.php`, body, {}),
      call(`${url}/includes/api.php?${new URLSearchParams(body).toString()}`),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('<message>Invalid or missing credentials</message>');
    }
  });
});

/**
 * The calls of the developer documentation's pages, with its parameters, and what a page shows as the response to each.
 */
describe('the examples of the WHMCS documentation', () => {
  const counts = { totalresults: 1, startnumber: 0, numreturned: 1 };
  it.each([
    [
      'AddCancelRequest',
      (id: number) => ({ serviceid: String(id), type: 'Immediate' }),
      (id: number) => ({ result: 'success', serviceid: id, userid: 7 }),
    ],
    [
      'AddCancelRequest without the optional type and reason',
      (id: number) => ({ serviceid: String(id) }),
      (id: number) => ({ result: 'success', serviceid: id, userid: 7 }),
    ],
    [
      'GetCancelledPackages',
      () => ({}),
      () => ({
        result: 'success',
        ...counts,
        packages: { package: [{ id: 1, relid: expect.any(Number), type: 'End of Billing Period' }] },
      }),
    ],
    [
      'GetClientsProducts',
      (id: number) => ({ serviceid: String(id) }),
      (id: number) => ({ result: 'success', ...counts, products: { product: [{ id, status: 'Active' }] } }),
    ],
  ])('are answered as on the page: %s', async (name, fields, expected) => {
    const [action = ''] = name.split(' ');
    const answer = await whmcs(action, fields(active));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject(expected(active));
  });

  it('request the end of the period if the type is left out', async () => {
    await whmcs('AddCancelRequest', { serviceid: String(active) });
    expect(sandbox.whmcs.service(active).cancellation?.when).toBe('end_of_period');
  });
});

describe('answers of WHMCS', () => {
  it('have texts as they stand on a page', async () => {
    await cancel(active, 'Immediate', { reason: `Tom & Ann's <shop> "x"` });
    expect((await whmcs('GetCancelledPackages', { limitstart: '1' })).json).toMatchObject({
      packages: { package: [{ reason: 'Tom &amp; Ann&#039;s &lt;shop&gt; &quot;x&quot;' }] },
    });
    expect(sandbox.whmcs.service(active).cancellation?.reason).toBe(`Tom & Ann's <shop> "x"`);
  });

  it('are XML unless JSON was asked for', async () => {
    const answer = await whmcs('GetClientsProducts', { responsetype: '', serviceid: String(active) });
    expect(answer.headers.get('content-type')).toContain('xml');
    expect(answer.text).toContain(`<password>Service&amp;Password&lt;${active}&gt;</password>`);
  });

  it('name an unknown action', async () => {
    const body = { result: 'error', message: 'Invalid API Action: "CancelAll" is not a valid API action' };
    expect(await whmcs('CancelAll')).toMatchObject({ status: 200, json: body });
    sandbox.whmcs.configure({ unknownActionStatus: 403 });
    expect(await whmcs('CancelAll')).toMatchObject({ status: 403, json: body });
  });

  it('show a service with its password, and one without a due date as 0000-00-00', async () => {
    expect((await whmcs('GetClientsProducts', { serviceid: String(active) })).json).toMatchObject({
      totalresults: 1,
      products: {
        product: [{ id: active, status: 'Active', nextduedate: '2026-03-30', password: `Service&Password<${active}>` }],
      },
    });
    const free = String(sandbox.whmcs.seeded.free.serviceId);
    expect((await whmcs('GetClientsProducts', { serviceid: free })).json).toMatchObject({
      products: { product: [{ nextduedate: '0000-00-00' }] },
    });
  });

  it('list 25 requests to a page by default', async () => {
    for (let count = 0; count < 30; count += 1) await cancel(sandbox.whmcs.add().serviceId);
    expect((await whmcs('GetCancelledPackages')).json).toMatchObject({
      totalresults: 31,
      startnumber: 0,
      numreturned: 25,
      packages: {
        package: expect.arrayContaining([
          {
            id: 1,
            date: '2026-03-10 08:00:00',
            relid: sandbox.whmcs.seeded.cancelled.serviceId,
            reason: 'No longer needed',
            type: 'End of Billing Period',
            created_at: '2026-03-10 08:00:00',
            updated_at: '0000-00-00 00:00:00',
          },
        ]),
      },
    });
    const page = await whmcs('GetCancelledPackages', { limitstart: '30', limitnum: '10' });
    expect(page.json).toMatchObject({ startnumber: 30, numreturned: 1, packages: { package: [{ id: 31 }] } });
  });

  it('keep requests that were carried out, or drop them, as configured', async () => {
    sandbox.clock.advance({ days: 20 });
    expect((await whmcs('GetCancelledPackages')).json).toMatchObject({ totalresults: 1 });
    sandbox.whmcs.configure({ completedRequests: 'removed' });
    expect((await whmcs('GetCancelledPackages')).json).toMatchObject({ totalresults: 0 });
  });

  it('have ids as texts, and lists in the shapes of other versions', async () => {
    const list = async (): Promise<unknown> => (await whmcs('GetCancelledPackages')).json;
    sandbox.whmcs.configure({ ids: 'strings', lists: 'single_object' });
    expect(await list()).toMatchObject({ packages: { package: { id: '1', relid: '103' } } });
    sandbox.whmcs.configure({ lists: 'numeric_keys' });
    expect(await list()).toMatchObject({ packages: { package: { 0: { id: '1' } } } });
    expect((await cancel(active)).json).toEqual({ result: 'success', serviceid: String(active), userid: '7' });
  });

  it.each([
    ['empty_string', ''],
    ['empty_array', []],
    ['empty_object', {}],
    ['absent', undefined],
  ] as const)('show an unknown service as an empty list: %s', async (emptyLists, products) => {
    sandbox.whmcs.configure({ emptyLists });
    const answer = await whmcs('GetClientsProducts', { serviceid: '9' });
    expect(answer.json).toEqual({
      result: 'success',
      totalresults: 0,
      startnumber: 0,
      numreturned: 0,
      ...(products === undefined ? {} : { products }),
    });
  });
});

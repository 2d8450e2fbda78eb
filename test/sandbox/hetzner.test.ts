import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call } from './http.ts';

let sandbox: Sandbox;
let authorization: string;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  const { user, password } = sandbox.settings.hetzner;
  authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return () => sandbox.close();
});

function robot(method: string, serverNumber: number, form?: Readonly<Record<string, string>>): Promise<Answer> {
  const url = `${sandbox.settings.hetzner.baseUrl}/server/${serverNumber}/cancellation`;
  return call(url, { method, headers: { authorization }, ...(form && { body: new URLSearchParams(form) }) });
}

const error = (status: number, code: string) => ({ status, json: { error: { status, code } } });

describe('the emulated Hetzner Robot', () => {
  it('shows the possible reasons before a cancellation, and the given one after it', async () => {
    const { serverNumber } = sandbox.hetzner.seeded.active;
    const read = await robot('GET', serverNumber);
    expect(read.json).toMatchObject({
      cancellation: {
        server_number: serverNumber,
        earliest_cancellation_date: '2026-03-30',
        cancelled: false,
        reservation_possible: false,
        cancellation_date: null,
        cancellation_reason: expect.arrayContaining(['Server too expensive']),
      },
    });
    const form = { cancellation_date: '2026-04-01', cancellation_reason: 'Server too expensive' };
    const answer = await robot('POST', serverNumber, form);
    const cancellation = { ...form, cancelled: true, reserved: false };
    expect(answer).toMatchObject({ status: 200, json: { cancellation } });
    expect((await robot('GET', serverNumber)).json).toEqual(answer.json);
    expect(sandbox.hetzner.service(serverNumber)).toMatchObject({
      timesCancelled: 1,
      cancellation: { when: { on: '2026-04-01' }, reason: 'Server too expensive', effectiveAt: undefined },
    });
    sandbox.clock.set(new Date('2026-04-02T00:00:00Z'));
    expect(sandbox.hetzner.service(serverNumber).ended).toBe(true);
    expect(await robot('GET', serverNumber)).toMatchObject(error(404, 'SERVER_NOT_FOUND'));
    sandbox.hetzner.configure({ endedServer: 'listed' });
    expect((await robot('GET', serverNumber)).json).toMatchObject({ cancellation: { cancelled: true } });
  });

  it.each([
    [{}, { missing: ['cancellation_date'], invalid: null }],
    [{ cancellation_date: '2026-03-29' }, { missing: null, invalid: ['cancellation_date'] }],
    [{ cancellation_date: 'now' }, { missing: null, invalid: ['cancellation_date'] }],
    [{ cancellation_date: '2026-06-31' }, { missing: null, invalid: ['cancellation_date'] }],
    [{ cancellation_date: '30.03.2026' }, { missing: null, invalid: ['cancellation_date'] }],
    [
      { cancellation_date: '2026-03-30', reserve_location: '1' },
      { missing: null, invalid: ['reserve_location'] },
    ],
    [
      { cancellation_date: '2026-03-30', cancellation_reason: 'x' },
      { missing: null, invalid: ['cancellation_reason'] },
    ],
  ])('refuses %j, and says what is wrong', async (form, fields) => {
    const { serverNumber } = sandbox.hetzner.seeded.active;
    const answer = await robot('POST', serverNumber, form);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'INVALID_INPUT', ...fields } } });
    expect(sandbox.hetzner.service(serverNumber).timesCancelled).toBe(0);
  });

  it('takes a form only', async () => {
    const { serverNumber } = sandbox.hetzner.seeded.active;
    const url = `${sandbox.settings.hetzner.baseUrl}/server/${serverNumber}/cancellation`;
    const body = JSON.stringify({ cancellation_date: '2026-03-30' });
    const answer = await call(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
    expect(answer).toMatchObject(error(400, 'INVALID_INPUT'));
  });

  it('wants to know whether a location shall be reserved exactly if that is possible', async () => {
    const { active, reservable } = sandbox.hetzner.seeded;
    const form = { cancellation_date: '2026-03-30' };
    const missing = await robot('POST', reservable.serverNumber, form);
    expect(missing).toMatchObject({ status: 400, json: { error: { missing: ['reserve_location'] } } });
    const reserve = { ...form, reserve_location: 'true' };
    const answer = await robot('POST', reservable.serverNumber, reserve);
    expect(answer.json).toMatchObject({ cancellation: { reserved: true } });
    const code = 'SERVER_CANCELLATION_RESERVE_LOCATION_FALSE_ONLY';
    expect(await robot('POST', active.serverNumber, reserve)).toMatchObject(error(409, code));
  });

  it('answers 409 to a second cancellation, to one in a transfer and to an undo in vain', async () => {
    const { active, cancelled, inTransfer } = sandbox.hetzner.seeded;
    const form = { cancellation_date: '2026-03-30' };
    expect(await robot('POST', cancelled.serverNumber, form)).toMatchObject(error(409, 'CONFLICT'));
    expect(await robot('POST', inTransfer.serverNumber, form)).toMatchObject(error(409, 'CONFLICT'));
    expect(await robot('DELETE', active.serverNumber)).toMatchObject(error(409, 'CONFLICT'));
    sandbox.hetzner.configure({ undo: 'too_late' });
    expect(await robot('DELETE', cancelled.serverNumber)).toMatchObject(error(409, 'CONFLICT'));
    sandbox.hetzner.configure({ undo: 'ignored' });
    expect(await robot('DELETE', cancelled.serverNumber)).toMatchObject({ status: 200, text: '' });
    expect(sandbox.hetzner.service(cancelled.serverNumber).cancellation).not.toBeNull();
    sandbox.hetzner.configure({ undo: 'works' });
    expect(await robot('DELETE', cancelled.serverNumber)).toMatchObject({ status: 200, text: '' });
    expect(sandbox.hetzner.service(cancelled.serverNumber).cancellation).toBeNull();
  });

  it('ends a server now, and before its earliest date as configured', async () => {
    const { active, hourly, reservable } = sandbox.hetzner.seeded;
    const form = { cancellation_date: 'now' };
    const answer = await robot('POST', hourly.serverNumber, form);
    expect(answer.json).toMatchObject({ cancellation: { cancellation_date: '2026-03-10' } });
    expect(sandbox.hetzner.service(hourly.serverNumber)).toMatchObject({
      ended: true,
      cancellation: { when: 'immediate' },
    });
    sandbox.hetzner.configure({ nowTooEarly: 'deferred' });
    expect((await robot('POST', active.serverNumber, form)).json).toMatchObject({
      cancellation: { cancellation_date: '2026-03-30' },
    });
    sandbox.hetzner.configure({ nowTooEarly: 'ends_now' });
    const both = { ...form, reserve_location: 'false' };
    expect(await robot('POST', reservable.serverNumber, both)).toMatchObject({ status: 200 });
    expect(sandbox.hetzner.service(reservable.serverNumber).ended).toBe(true);
  });

  it('lists servers, and blocks an address for 10 minutes after 3 bad logins', async () => {
    const url = `${sandbox.settings.hetzner.baseUrl}/server`;
    const list = (): Promise<Answer> => call(url, { headers: { authorization } });
    expect((await list()).json).toHaveLength(5);
    for (const _ of [1, 2, 3]) expect(await call(url)).toMatchObject(error(401, 'UNAUTHORIZED'));
    expect((await list()).status).toBe(403);
    sandbox.clock.advance({ minutes: 10 });
    expect((await list()).status).toBe(200);
  });

  it('counts each call by itself, and forgets it after an hour', async () => {
    sandbox.hetzner.configure({ requestsPerHour: 2 });
    const { active, cancelled } = sandbox.hetzner.seeded;
    for (const { serverNumber } of [active, cancelled]) {
      expect((await robot('GET', serverNumber)).status).toBe(200);
    }
    const limited = await robot('GET', active.serverNumber);
    const told = { code: 'RATE_LIMIT_EXCEEDED', max_request: 2, interval: 3600 };
    expect(limited).toMatchObject({ status: 403, json: { error: told } });
    expect((await robot('DELETE', cancelled.serverNumber)).status).toBe(200);
    sandbox.clock.advance({ hours: 1 });
    expect((await robot('GET', active.serverNumber)).status).toBe(200);
  });

  it('knows neither other servers nor other paths', async () => {
    expect(await robot('GET', 1)).toMatchObject(error(404, 'SERVER_NOT_FOUND'));
    const other = await call(`${sandbox.settings.hetzner.baseUrl}/servers`, { headers: { authorization } });
    expect(other).toMatchObject(error(404, 'NOT_FOUND'));
  });
});

import { createCancelService } from 'cancelkit';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { untyped, type UntypedService } from '../support/untyped.ts';

// The places where a machine has another day than UTC for most of the day, and one with two clock changes a year.
const ZONES = ['Pacific/Kiritimati', 'Etc/GMT+12', 'Europe/Berlin'];
const zone = process.env['TZ'];
let sandbox: Sandbox;
let services: UntypedService;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2096-01-10T11:30:00Z') });
  services = untyped(createCancelService({ ...sandbox.accounts }));
});
afterEach(async () => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  await sandbox.close();
});

type Dated = 'mittwald' | 'contabo' | 'hetzner';
const DATED: readonly Dated[] = ['mittwald', 'contabo', 'hetzner'];

/** A new service that can end on a day. */
function serviceFor(account: Dated, day: string): object {
  if (account === 'contabo') return { instanceId: sandbox.contabo.add().instanceId };
  if (account === 'hetzner') return { serverNumber: sandbox.hetzner.add().serverNumber };
  return { contractId: sandbox.mittwald.add({ nextPossibleEnd: new Date(`${day}T22:59:59Z`) }).contractId };
}

const written = (account: Dated): readonly string[] =>
  sandbox[account].requests
    .filter(({ method, path }) => method === 'POST' && !path.endsWith('/token'))
    .map(({ body }) => decodeURIComponent(body));

describe.each(DATED)('a date at %s', (account) => {
  it.each(ZONES)('is the same day on a machine in %s: asked for, sent, answered and read back', async (place) => {
    process.env['TZ'] = place;
    // A leap day, the days on which European clocks change, the ends of months and of all years.
    for (const day of ['2096-02-29', '2096-03-25', '2096-10-28', '2096-04-30', '2099-12-31', '9999-12-31']) {
      const service = serviceFor(account, day);
      const result = await services.cancel({ account, service, when: { on: day } });
      expect(result).toMatchObject({ when: { on: day }, outcome: 'scheduled' });
      expect([day, written(account).at(-1)]).toEqual([day, expect.stringContaining(day)]);
      const seen = await services.status({ account, service });
      expect(seen).toMatchObject({ state: 'scheduled', effectiveAt: { value: expect.stringContaining(day) } });
    }
  });

  it.each([
    '2027-02-29',
    '2096-02-30',
    '2096-04-31',
    '0000-01-01',
    '0001-01-01',
    '10000-01-01',
    '+010000-01-01',
    '-000001-01-01',
  ])('is refused before anything is sent if no calendar of the provider has it: %s', async (on) => {
    const service = serviceFor(account, '2096-02-29');
    const sent = sandbox[account].requests.length;
    for (const operation of ['cancel', 'preview'] as const) {
      const failure = await failureOf(services[operation]({ account, service, when: { on } }));
      expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'when.on' }] });
    }
    expect(sandbox[account].requests).toHaveLength(sent);
  });
});

describe('an instant of mittwald near midnight', () => {
  it.each([
    ['2096-02-29T00:00:00.000Z', '2096-02-28', 'date_too_early'],
    ['2096-02-29T00:00:00.000Z', '2096-02-29', 'scheduled'],
    ['2096-02-28T23:59:59.999Z', '2096-02-28', 'scheduled'],
    ['2096-02-28T23:59:59.999Z', '2096-02-27', 'date_too_early'],
  ] as const)('as the first possible end (%s) takes %s as %s', async (end, on, expected) => {
    const { contractId } = sandbox.mittwald.add({ nextPossibleEnd: new Date(end) });
    const request = { account: 'mittwald', service: { contractId }, when: { on } } as const;
    const settled = await services.safeCancel(request);
    const shown = { value: end, precision: 'instant', source: 'provider' };
    expect(settled).toMatchObject(
      expected === 'scheduled'
        ? { ok: true, result: { outcome: expected, effectiveAt: shown } }
        : { ok: false, error: { code: expected, earliest: shown } },
    );
  });
});

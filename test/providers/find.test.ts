import { createCancelService, type Account, type CancelService, type OperationName, type Timing } from 'cancelkit';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as list from '../../providers/list.ts';

const ids = Object.values(list).map(({ provider }) => provider.id);
const finding = Object.values(list).flatMap(({ provider: { id, capabilities } }) =>
  'find' in capabilities && capabilities.find ? [id] : [],
);
const referenceSchema = v.record(v.string(), v.union([v.string(), v.number()]));
const seededSchema = v.object({ seeded: v.object({ active: v.record(v.string(), v.unknown()) }) });
type Services = CancelService<Readonly<Record<string, Account<string, unknown, Timing, OperationName>>>>;

describe('find, at each emulated provider,', () => {
  let sandbox: Sandbox;
  let service: Services;
  beforeAll(async () => {
    sandbox = await startSandbox();
    // oxlint-disable-next-line no-unsafe-type-assertion -- accounts of different providers
    service = createCancelService(sandbox.accounts) as unknown as Services;
  });
  afterAll(() => sandbox.close());

  it('is offered where a list is documented', () => {
    expect(finding.toSorted()).toEqual([
      'contabo',
      'hetzner',
      'hostbill',
      'leaseweb',
      'mittwald',
      'ovh',
      'vpsbg',
      'whmcs',
    ]);
    expect(ids.length).toBeGreaterThan(finding.length);
  });

  it.each(finding)('%s: finds a service by its id, with a reference that status takes, and only reads', async (id) => {
    const emulator: unknown = Reflect.get(sandbox, id);
    const { active } = v.parse(seededSchema, emulator).seeded;
    const text = String(Object.values(active)[0]);
    const { requests }: { requests: readonly { readonly method: string; readonly path: string }[] } = Object(emulator);
    const before = requests.length;
    const found = await service.find({ account: id, query: text });
    expect(found.services.length).toBeGreaterThan(0);
    for (const { service: reference } of found.services) {
      expect(v.is(referenceSchema, reference)).toBe(true);
      const { state } = await service.status({ account: id, service: reference });
      expect(typeof state).toBe('string');
    }
    const writes = requests
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && !/token|login|api\.php/.test(path));
    expect(writes).toEqual([]);
  });

  it.each(finding)(
    '%s: finds what stands on a later page',
    async (id) => {
      const { add }: { add: (init?: object) => object } = Object(Reflect.get(sandbox, id));
      let last: object = {};
      for (let count = 0; count < 120; count += 1) last = add.call(Reflect.get(sandbox, id), { kind: 'service' });
      const known = Object.entries(last).flatMap(([name, value]) =>
        /^(?:\w+Id|\w+Number|id|serviceName|kvmId)$/.test(name) && !/client|customer/i.test(name)
          ? [String(value)]
          : [],
      );
      const found = await service.find({ account: id, query: known[0] ?? '' }, { deadlineMs: 60_000 });
      expect(found.truncated).toBe(false);
      expect(found.services.map((one) => JSON.stringify(one.service)).join(' ')).toContain(known[0]);
    },
    60_000,
  );

  it('whmcs: shows nothing of the clients and no password', async () => {
    const { serviceId } = sandbox.whmcs.add();
    const found = await service.find({ account: 'whmcs', query: String(serviceId) });
    expect(found.services.length).toBeGreaterThan(0);
    // What the emulated answer holds besides.
    const { password } = sandbox.whmcs.service(serviceId);
    for (const hidden of [password, `user${serviceId}`, 'client']) expect(JSON.stringify(found)).not.toContain(hidden);
  });
});

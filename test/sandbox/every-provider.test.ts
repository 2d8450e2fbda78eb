import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCancelService,
  type Account,
  type AnyWhen,
  type CancelService,
  type CancellationOptions,
  type OfferedTiming,
  type OperationName,
  type Timing,
} from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as list from '../../providers/list.ts';

const ids = Object.values(list).map(({ provider }) => provider.id);
const seededSchema = v.object({ seeded: v.object({ active: v.record(v.string(), v.unknown()) }) });

describe('a list with a service of each provider', () => {
  let sandbox: Sandbox;
  let directory: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    directory = mkdtempSync(join(tmpdir(), 'cancelkit-every-'));
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('runs through cancelMany', async () => {
    const service = servicesOf(sandbox);
    const requests = await Promise.all(ids.map((id) => requestFor(id, sandbox, service)));
    const outcomes = new Map<string, string>();
    for await (const item of service.cancelMany(requests)) {
      outcomes.set(item.request.account, item.ok ? item.result.outcome : item.error.message);
    }
    for (const id of ids) expect([id, outcomes.get(id)]).toEqual([id, expect.stringMatching(DONE)]);
  });

  it('runs through the queue', async () => {
    await sandbox.close();
    sandbox = await startSandbox();
    const service = servicesOf(sandbox);
    const queue = await createCancelQueue({ services: service, database: join(directory, 'queue') });
    for (const id of ids) await queue.enqueue(await requestFor(id, sandbox, service), { id });
    await queue.work({ stopWhenIdle: true });
    for (const id of ids) expect([id, (await queue.get(id))?.state]).toEqual([id, expect.stringMatching(DONE)]);
    await queue.close();
  }, 60_000);
});

type Services = CancelService<
  Readonly<Record<string, Account<string, unknown, Timing, OperationName, Readonly<Record<string, unknown>>>>>
>;

/** Without the types of the providers, so that the next one needs no line here. */
function servicesOf({ accounts }: Sandbox): Services {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what is asked is checked when it is called
  return createCancelService({ ...accounts }) as unknown as Services;
}

const DONE = /^(?:requested|scheduled|completed)$/;

interface Wanted {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: AnyWhen;
  readonly reason?: { readonly providerCode: string };
}

/** A cancellation of the active service, as the provider's options allow it. */
async function requestFor(account: string, sandbox: Sandbox, services: Services): Promise<Wanted> {
  const { active: service } = v.parse(seededSchema, Reflect.get(sandbox, account)).seeded;
  const { capabilities } = services.accounts[account] ?? {};
  if (capabilities?.options !== true) {
    const timing = capabilities?.timings.find((one) => one !== 'on_date' && one !== capabilities.confirm);
    return { account, service, when: timing === undefined || timing === 'on_date' ? 'immediate' : timing };
  }
  const { timings, reasons, requiredExtras = [] }: CancellationOptions = await services.options({ account, service });
  const offered = timings.find(({ timing }) => timing !== capabilities.confirm);
  expect([account, requiredExtras, offered]).toEqual([account, [], expect.anything()]);
  const code = reasons?.[0]?.code;
  return {
    account,
    service,
    when: offered === undefined ? 'immediate' : whenOf(offered),
    ...(code === undefined ? {} : { reason: { providerCode: code } }),
  };
}

function whenOf({ timing, from = '' }: OfferedTiming): AnyWhen {
  return timing === 'on_date' ? { on: from } : timing;
}

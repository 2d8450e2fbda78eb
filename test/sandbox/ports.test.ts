import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createCancelService } from 'cancelkit';
import { startSandbox, type SandboxOptions } from 'cancelkit/sandbox';
import { describe, expect, it } from 'vitest';
import { addressesOf, providerIds as ids } from './addresses.ts';

async function occupied(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** The first of as many ports as there are providers that were free a moment ago. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const servers = await Promise.allSettled(ids.map((_, index) => occupied(first + index)));
    const open = servers.flatMap((server) => (server.status === 'fulfilled' ? [server.value] : []));
    await Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))));
    if (open.length === ids.length) return first;
  }
}

describe('the port of a sandbox', () => {
  it('is the first in a row of one for each provider, the same each time', async () => {
    const port = await freePorts();
    for (const _ of ['first', 'second']) {
      await using sandbox = await startSandbox({ port });
      const urls = addressesOf(sandbox);
      expect(urls.map((url) => Number(new URL(url).port))).toEqual(urls.map((_, index) => port + index));
    }
  });

  it.each([...ids.keys()])('that is in use (the one at +%i) is named, and no server is left running', async (index) => {
    const port = await freePorts();
    const server = await occupied(port + index);
    const name = ids[index];
    await expect(startSandbox({ port })).rejects.toThrow(
      `startSandbox: port ${port + index}, for ${name}, is in use. Choose another one, or none for free ports.`,
    );
    await new Promise((resolve) => server.close(resolve));
    await using again = await startSandbox({ port });
    expect(again.settings.edis.baseUrl).toContain(`:${port}`);
  });

  const highest = 65_536 - ids.length;

  it.each([0, -1, 80, 1023, highest + 1, 65_536, 4010.5, Number.NaN])('%d is refused', async (port) => {
    await expect(startSandbox({ port })).rejects.toThrow(`port: expected a whole number from 1024 to ${highest}`);
  });

  it.each([1719, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6669, 6679, 6697, 10_080])(
    '%d, to which fetch does not connect, is refused wherever it is in the row',
    async (port) => {
      const cause: unknown = await fetch(`http://127.0.0.1:${port}`).catch(({ cause: why }: Error) => why);
      expect(cause).toMatchObject({ message: 'bad port' });
      for (const first of ids.map((_, index) => port - index)) {
        await expect(startSandbox({ port: first })).rejects.toThrow(/fetch does not connect to port \d+/);
      }
    },
  );

  it.each<[object, string]>([
    [{ port: '4010' }, 'port: expected a number'],
    [{ prot: 4010 }, 'unknown option "prot"; did you mean port?'],
    [{ clock: new Date() }, 'unknown option "clock"; expected now, port.'],
  ])('is not set by %j', async (options, message) => {
    await expect(startSandbox(options as SandboxOptions)).rejects.toThrow(message);
  });
});

describe('a seeded service', () => {
  it('of EDIS is known by either of its ids', async () => {
    await using sandbox = await startSandbox();
    const services = createCancelService(sandbox.accounts);
    const { seeded, seededByServiceId, service } = sandbox.edis;
    for (const name of ['active', 'cancelled', 'pending'] as const) {
      const { kvmId, serviceId } = service(seeded[name].kvmId);
      expect([seeded[name], seededByServiceId[name]]).toEqual([{ kvmId }, { serviceId }]);
    }
    await services.cancel({ account: 'edis', service: seededByServiceId.active, when: 'immediate' });
    expect(service(seeded.active.kvmId).timesCancelled).toBe(1);
  });
});

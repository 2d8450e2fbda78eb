/**
 * A process of its own, whose memory is measured while it gets one huge answer. Arguments: the server's origin, the
 * HTTP status to ask for, and which client reads the response. Prints one line of JSON.
 */
import { hosting } from '../../../providers/hosting/index.ts';
import { vpsbg } from '../../../providers/vpsbg/index.ts';
import { whmcs } from '../../../providers/whmcs/index.ts';
import { createCancelService } from '../../../src/index.ts';

const [origin = '', status = '200', client = 'fetch'] = process.argv.slice(2);

const before = await prepared();
const memory = { rss: before.rss, arrayBuffers: before.arrayBuffers };
const sampling = setInterval(sample, 1);
const end = await read(`${origin}/${status}`);
sample();
clearInterval(sampling);
// The kernel's own record of the most that was ever used: what happened between two samples is in it.
const mostEver = process.resourceUsage().maxRSS * 1024;
const rss = mostEver > before.mostEver ? Math.max(memory.rss, mostEver) : memory.rss;
process.stdout.write(
  `${JSON.stringify({ end, rss: rss - before.rss, arrayBuffers: memory.arrayBuffers - before.arrayBuffers })}\n`,
);

function sample(): void {
  const { rss: used, arrayBuffers } = process.memoryUsage();
  memory.rss = Math.max(memory.rss, used);
  memory.arrayBuffers = Math.max(memory.arrayBuffers, arrayBuffers);
}

/** Loads and warms up everything that the measured call needs, and says what is in use then. */
async function prepared(): Promise<{ readonly rss: number; readonly arrayBuffers: number; readonly mostEver: number }> {
  for (let count = 0; count < 10; count += 1) await read(`${origin}/${status}/small`);
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss: used, arrayBuffers } = process.memoryUsage();
  return { rss: used, arrayBuffers, mostEver: process.resourceUsage().maxRSS * 1024 };
}

async function read(base: string): Promise<string> {
  if (client === 'fetch') {
    const response = await fetch(base, { method: 'POST' });
    return `${(await response.text()).length} characters`;
  }
  const service = createCancelService({
    hosting: hosting({ baseUrl: base, token: 'a-token' }),
    vpsbg: vpsbg({ baseUrl: base, token: 'a-token' }),
    whmcs: whmcs({ url: base, identifier: 'identifier', secret: 'a-secret' }),
  });
  const when = 'end_of_period';
  switch (client) {
    case 'whmcs':
      return endOf(await service.safeCancel({ account: 'whmcs', service: { serviceId: 7 }, when }));
    case 'hosting':
      return endOf(
        await service.safeCancel({ account: 'hosting', service: { hostingId: '1_a', domain: 'example.com' }, when }),
      );
    default:
      return endOf(await service.safeCancel({ account: 'vpsbg', service: { floatingIpId: 7 }, when }));
  }
}

function endOf(
  result:
    | { readonly ok: true; readonly result: { readonly outcome: string } }
    | { readonly ok: false; readonly error: { readonly code: string } },
): string {
  return result.ok ? result.result.outcome : result.error.code;
}

import { hosting } from '../../../providers/hosting/index.ts';
import { createCancelService } from '../../../src/index.ts';
import { buildHttpRequest } from '../../../src/sending/http-request.ts';
import { figure, type Figure } from '../figure.ts';
import { inParallel } from '../parallel.ts';
import { Random } from '../random.ts';
import { hostileId, isHostingId, mustBeRefused, soundId } from './hostile-ids.ts';
import { recordingServer } from './recording-server.ts';

const BASES = ['https://api.example', 'https://api.example/v1', 'http://127.0.0.1:8080/a/b/c', 'https://[::1]:8443/x'];

/** The outcomes of all ids. */
export interface PathIdFigures {
  readonly ids: number;
  /** Ids that must be refused, and were. */
  readonly refused: number;
  /** Ids that were let through, each as the one segment that it is. */
  readonly sent: number;
  /** Requests for ids that must be refused. */
  readonly requestsForInvalid: number;
  /** What did not become exactly one segment that decodes to the id, at the same origin. */
  readonly wrong: readonly string[];
  /** Sound ids that reached a real server, and the request lines among them that were not as expected. */
  readonly overTheWire: number;
  readonly wrongOverTheWire: number;
  /** Ids for which a URL made by `encodeURIComponent` alone is not one segment with the id. */
  readonly wrongByEncodingAlone: number;
}

/** Puts random ids, a third of them sound, through the core's URL builder and through the hosting adapter. */
export async function provePathIds(count: number, seed: number): Promise<PathIdFigures> {
  const built = throughTheBuilder(count, seed);
  const adapted = await throughTheAdapter(count, seed);
  const wire = await overTheWire(Math.min(1_000, Math.ceil(count / 20)), seed);
  return {
    ids: count * 2,
    refused: built.refused + adapted.refused,
    sent: built.sent + adapted.sent,
    requestsForInvalid: built.requestsForInvalid + adapted.requestsForInvalid,
    wrong: [...built.wrong, ...adapted.wrong],
    ...wire,
    wrongByEncodingAlone: built.wrongByEncodingAlone,
  };
}

export function pathIdFigures(found: PathIdFigures): readonly Figure[] {
  return [
    figure(4, 'ids: given to the URL builder and to the hosting adapter', found.ids),
    figure(4, 'ids: refused', found.refused, 'at_least', found.ids / 10),
    figure(4, 'ids: sent as exactly one segment', found.sent, 'at_least', found.ids / 10),
    figure(4, 'ids: requests for an invalid id', found.requestsForInvalid, 'exactly', 0),
    figure(4, 'ids: wrongly refused, or sent as anything else', found.wrong.length, 'exactly', 0),
    figure(4, 'ids: sent to a real server', found.overTheWire, 'at_least', 1),
    figure(4, 'ids: request lines that differ there', found.wrongOverTheWire, 'exactly', 0),
    figure(4, 'ids: wrong by encodeURIComponent alone (control)', found.wrongByEncodingAlone, 'at_least', 1),
  ];
}

interface Tally {
  refused: number;
  sent: number;
  requestsForInvalid: number;
  readonly wrong: string[];
}

function throughTheBuilder(count: number, seed: number): Tally & { readonly wrongByEncodingAlone: number } {
  const tally: Tally = { refused: 0, sent: 0, requestsForInvalid: 0, wrong: [] };
  let wrongByEncodingAlone = 0;
  for (let index = 0; index < count; index += 1) {
    const random = new Random(seed, index);
    const id = randomId(random);
    const base = random.pick(BASES);
    const request = { method: 'DELETE', effect: 'write', path: ['services', id, 'x'], json: {} } as const;
    const built = buildHttpRequest(new URL(base), request);
    const urls = built.ok ? [built.request.url] : [];
    note(tally, { id, urls, invalid: mustBeRefused(id), expected: [`${base}/services`, 'x'] });
    if (!isExactly(encodedAlone(base, id), id, [`${base}/services`, 'x'])) wrongByEncodingAlone += 1;
  }
  return { ...tally, wrongByEncodingAlone };
}

async function throughTheAdapter(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { refused: 0, sent: 0, requestsForInvalid: 0, wrong: [] };
  const base = 'https://hosting.example/api/v1';
  const account = hosting({ baseUrl: base, token: 'a-token' });
  await inParallel(count, 100, async (index) => {
    const id = randomId(new Random(seed + 1, index));
    const urls: string[] = [];
    const service = createCancelService(
      { plesk: account },
      {
        fetch: async (input) => {
          urls.push(input instanceof Request ? input.url : String(input));
          return Response.json({ responseId: '1_2', status: 'pending' }, { status: 202 });
        },
      },
    );
    const result = await service.safeCancel({
      account: 'plesk',
      service: { hostingId: id, domain: 'example.com' },
      when: 'end_of_period',
    });
    const end = result.ok ? result.result.outcome : result.error.code;
    if (end !== (isHostingId(id) ? 'requested' : 'invalid_request')) tally.wrong.push(`${JSON.stringify(id)}: ${end}`);
    note(tally, { id, urls, invalid: !isHostingId(id), expected: [`${base}/hosting`] });
  });
  return tally;
}

/** Sound ids by Node's own `fetch`: the request line is the last that could still change them. */
async function overTheWire(
  count: number,
  seed: number,
): Promise<Pick<PathIdFigures, 'overTheWire' | 'wrongOverTheWire'>> {
  await using server = await recordingServer((_, response) => {
    response.writeHead(202).end('{"responseId":"1_2","status":"pending"}');
  });
  const service = createCancelService({ plesk: hosting({ baseUrl: server.origin, token: 'a-token' }) });
  let wrongOverTheWire = 0;
  for (let index = 0; index < count; index += 1) {
    const id = soundId(new Random(seed + 2, index));
    const result = await service.safeCancel({
      account: 'plesk',
      service: { hostingId: id, domain: 'example.com' },
      when: 'end_of_period',
    });
    const target = server.seen.at(-1)?.target ?? '';
    const isRight = result.ok && server.seen.length === index + 1 && target.startsWith('/hosting/');
    const segment = target.slice('/hosting/'.length);
    if (!isRight || /[/?#\\]/.test(segment) || decodeURIComponent(segment) !== id) wrongOverTheWire += 1;
  }
  return { overTheWire: server.seen.length, wrongOverTheWire };
}

function randomId(random: Random): string {
  return random.chance(1 / 3) ? soundId(random) : hostileId(random);
}

interface Sample {
  readonly id: string;
  readonly urls: readonly string[];
  readonly invalid: boolean;
  /** What stands before the id's segment, and the segments after it. */
  readonly expected: readonly [before: string, ...after: readonly string[]];
}

function note(tally: Tally, { id, urls, invalid, expected }: Sample): void {
  if (invalid) {
    tally.requestsForInvalid += urls.length;
    if (urls.length === 0) tally.refused += 1;
    return;
  }
  const [url] = urls;
  if (url === undefined || urls.length > 1 || !isExactly(url, id, expected)) {
    tally.wrong.push(`${JSON.stringify(id)}: ${urls.join(' ')}`);
  } else {
    tally.sent += 1;
  }
}

/** Whether a URL is the base, one segment that decodes to the id, and what comes after it: nothing else. */
function isExactly(url: string, id: string, [before, ...after]: Sample['expected']): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.href !== url || parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') {
    return false;
  }
  const base = new URL(before);
  const segments = parsed.pathname.split('/');
  const own = segments[base.pathname.split('/').length];
  const rest = [...base.pathname.split('/'), own, ...after].join('/');
  return parsed.origin === base.origin && own !== undefined && parsed.pathname === rest && decoded(own) === id;
}

function decoded(segment: string): string | undefined {
  // What no decoder takes is nobody's id.
  return /%(?![0-9a-f]{2})/i.test(segment) ? undefined : decodeURIComponent(segment);
}

/** What a client does that relies on `encodeURIComponent`. */
function encodedAlone(base: string, id: string): string {
  return id.isWellFormed() ? new URL(`${base}/services/${encodeURIComponent(id)}/x`).href : '';
}

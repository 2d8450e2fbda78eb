import { edis } from '../../../providers/edis/index.ts';
import { hosting } from '../../../providers/hosting/index.ts';
import { vpsbg } from '../../../providers/vpsbg/index.ts';
import { whmcs } from '../../../providers/whmcs/index.ts';
import { createCancelService, type CancelRequest } from '../../../src/index.ts';
import { figure, type Figure } from '../figure.ts';
import { pathAccount } from './path-provider.ts';
import { recordingServer, type RecordingServer, type SeenRequest } from './recording-server.ts';

const STATUSES = [301, 302, 303, 307, 308] as const;

/** Where a redirect can lead, seen from the first origin. */
const LOCATIONS: readonly ((second: string) => string)[] = [
  (second) => `${second}/taken`,
  (second) => second.replace('http:', ''),
  () => '/moved',
  () => 'moved',
  (second) => `${second}/../taken?next=%2F`,
];

/** The password and tokens that must not reach the second origin. */
const SECRET = 'a-secret-that-stays-at-home';

/** The outcomes of all redirects. */
export interface RedirectFigures {
  readonly calls: number;
  /** Requests that the second origin received. */
  readonly secondOrigin: number;
  /** Calls after which the first origin had not received exactly one write. */
  readonly notExactlyOne: number;
  /** Requests to a path at the first origin that only a redirect names. */
  readonly followed: number;
  /** Calls that did not end as they must. */
  readonly wrongEnds: readonly string[];
  /** Requests that the second origin received from plain `fetch`, which was sent the same. */
  readonly secondOriginByPlainFetch: number;
}

/** Answers the cancellations of every adapter with every redirect, to every kind of location. */
export async function proveRedirects(): Promise<RedirectFigures> {
  let status = 301;
  let location = '';
  await using second = await recordingServer((_, response) => response.end('{"result":"success","status":"success"}'));
  await using first = await recordingServer((_, response) => response.writeHead(status, { location }).end());
  const { service, requests } = callsTo(first.origin);
  let calls = 0;
  let notExactlyOne = 0;
  let secondOriginByPlainFetch = 0;
  const wrongEnds: string[] = [];
  for (status of STATUSES) {
    for (const locate of LOCATIONS) {
      location = locate(second.origin);
      for (const request of requests) {
        const before = first.seen.length;
        const result = await service.safeCancel(request);
        calls += 1;
        if (first.seen.slice(before).filter(isWrite).length !== 1) notExactlyOne += 1;
        const end = result.ok ? result.result.outcome : result.error.code;
        // A 303 may follow a request that was carried out; the others say that it was not.
        if (end !== (status === 303 ? 'outcome_unknown' : 'unexpected_response')) {
          wrongEnds.push(`${request.account} ${status} ${location}: ${end}`);
        }
      }
      if (location.startsWith('http')) secondOriginByPlainFetch += await byPlainFetch(first, second);
    }
  }
  const followed = first.seen.filter(({ target }) => target.includes('moved')).length;
  return { calls, secondOrigin: second.seen.length, notExactlyOne, followed, wrongEnds, secondOriginByPlainFetch };
}

export function redirectFigures(found: RedirectFigures): readonly Figure[] {
  return [
    figure(4, 'redirects: calls answered with 301, 302, 303, 307 or 308', found.calls, 'at_least', 150),
    figure(4, 'redirects: requests to the second origin', found.secondOrigin, 'exactly', 0),
    figure(4, 'redirects: calls without exactly one write at the first', found.notExactlyOne, 'exactly', 0),
    figure(4, 'redirects: requests to the path of a location', found.followed, 'exactly', 0),
    figure(4, 'redirects: calls that ended otherwise than they must', found.wrongEnds.length, 'exactly', 0),
    figure(4, 'redirects: second origin under plain fetch (control)', found.secondOriginByPlainFetch, 'at_least', 10),
  ];
}

// After a 303 the state is read back: by a GET, but at WHMCS by a POST with another action.
function isWrite({ method, body }: SeenRequest): boolean {
  return method !== 'GET' && !/(?:^|&)action=Get/.test(body);
}

/** What plain `fetch` does with the same requests; what it left at both origins is taken out again. */
async function byPlainFetch(first: RecordingServer, second: RecordingServer): Promise<number> {
  const [before, taken] = [first.seen.length, second.seen.length];
  for (const method of ['POST', 'DELETE']) {
    const response = await fetch(`${first.origin}/services/7`, { method, body: `pw=${SECRET}` });
    await response.arrayBuffer();
  }
  first.seen.length = before;
  return second.seen.splice(taken).length;
}

function callsTo(origin: string): {
  readonly service: ReturnType<typeof serviceFor>;
  readonly requests: readonly CancelRequest<ReturnType<typeof accountsAt>>[];
} {
  const ways = [
    { method: 'POST', body: 'form' },
    { method: 'POST', body: 'json' },
    { method: 'DELETE', body: 'form' },
    { method: 'DELETE', body: 'json' },
  ] as const;
  const when = 'end_of_period';
  return {
    service: serviceFor(origin),
    requests: [
      { account: 'edis', service: { serviceId: 7 }, when },
      { account: 'vpsbg', service: { serverId: 7 }, when },
      { account: 'hosting', service: { hostingId: '1_aed1', domain: 'example.com' }, when },
      { account: 'whmcs', service: { serviceId: 7 }, when },
      ...ways.map((way) => ({ account: 'path', service: { id: '7', ...way }, when }) as const),
    ],
  };
}

function accountsAt(origin: string) {
  return {
    edis: edis({ email: 'reseller@example.com', password: SECRET, baseUrl: origin }),
    vpsbg: vpsbg({ token: SECRET, baseUrl: origin }),
    hosting: hosting({ token: SECRET, baseUrl: `${origin}/api` }),
    whmcs: whmcs({ identifier: 'identifier', secret: SECRET, url: `${origin}/billing` }),
    path: pathAccount({ key: SECRET, baseUrl: origin }),
  };
}

function serviceFor(origin: string) {
  return createCancelService(accountsAt(origin));
}

import { Hono } from 'hono';
import { htmlPage, json, readForm } from '../../src/sandbox/kit/bodies.ts';
import { dateOnly } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { HetznerServer, HetznerState, OwnServer } from './emulator-state.ts';

/** How the emulated Hetzner Robot answers where the documentation leaves it open. */
export interface HetznerOptions {
  /** What `now` does before the earliest possible end. Default `refused`. */
  readonly nowTooEarly: 'refused' | 'ends_now' | 'deferred';
  /** Reasons that are not in the list are an error, or are stored. Default `refused`. */
  readonly otherReasons: 'refused' | 'stored';
  /** A server that has ended is a 404, or is still shown. Default `gone`. */
  readonly endedServer: 'gone' | 'listed';
  /** An undo withdraws, is always too late, or answers 200 in vain. Default `works`. */
  readonly undo: 'works' | 'too_late' | 'ignored';
  /** How often each call may be made in an hour; the documented number is 200. Default `null`: no limit. */
  readonly requestsPerHour: number | null;
}

/** The reasons that the emulated Hetzner Robot lists. */
const REASONS = ['Upgrade to a new server', 'Server no longer necessary due to project ending', 'Server too expensive'];

/** The HTTP side of the emulated Hetzner Robot. */
export function createHetznerRoutes(
  state: HetznerState,
  clock: EmulatorClock,
  options: () => Readonly<HetznerOptions>,
  login: string,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono();
  const calls = new Map<string, number[]>();
  let badLogins = 0;
  let blockedUntil = 0;

  app.use(async ({ req }, next) => {
    const now = clock.now().getTime();
    // What a blocked address sees is not documented.
    if (now < blockedUntil) return htmlPage(403, 'Blocked', 'Too many bad logins came from this address.');
    if (req.header('authorization') !== `Basic ${Buffer.from(login).toString('base64')}`) {
      badLogins += 1;
      if (badLogins === 3) [badLogins, blockedUntil] = [0, now + 600_000];
      return robotError(401, 'UNAUTHORIZED', 'Unauthorized');
    }
    badLogins = 0;
    const limit = options().requestsPerHour;
    if (limit === null) return next();
    const call = `${req.method} ${req.path.replace(/\d+/, '')}`;
    const recent = (calls.get(call) ?? []).filter((at) => at > now - 3_600_000);
    if (recent.length >= limit) {
      const error = { status: 403, code: 'RATE_LIMIT_EXCEEDED', max_request: limit, interval: 3600 };
      return json(403, { error: { ...error, message: 'rate limit exceeded' } });
    }
    calls.set(call, [...recent, now]);
    return next();
  });

  const isShown = ({ ended }: HetznerServer): boolean => !ended || options().endedServer === 'listed';

  app.get('/server', () => {
    const list = [...state.servers.values()].filter(isShown).map((server) => ({ server: serverJson(server) }));
    return list.length === 0 ? robotError(404, 'SERVER_NOT_FOUND', 'No server found') : json(200, list);
  });

  app.on(['GET', 'POST', 'DELETE'], '/server/:number/cancellation', async ({ req }) => {
    const server = state.servers.get(Number(req.param('number')));
    if (server === undefined || !isShown(server)) {
      return robotError(404, 'SERVER_NOT_FOUND', `Server with id ${req.param('number')} not found`);
    }
    if (req.method === 'DELETE') return withdraw(server);
    return req.method === 'POST' ? cancel(server, await readForm(req.raw)) : json(200, cancellationJson(server));
  });

  function cancel(server: OwnServer, form: URLSearchParams): Response {
    if (server.cancellation !== null) return robotError(409, 'CONFLICT', 'The server is already cancelled');
    if (server.inTransfer) {
      return robotError(409, 'CONFLICT', 'The cancellation of the server is not possible because of active transfer');
    }
    const asked = form.get('cancellation_date');
    const reason = form.get('cancellation_reason') ?? undefined;
    const reserve = form.get('reserve_location');
    const missing = [
      ...(asked === null ? ['cancellation_date'] : []),
      ...(server.reservable && reserve === null ? ['reserve_location'] : []),
    ];
    const earliest = state.earliestEndOf(server);
    const isEarly = asked !== 'now' && asked !== null && asked < earliest;
    const isNowTooEarly = asked === 'now' && earliest > dateOnly(clock.now());
    const isRefused = isNowTooEarly && options().nowTooEarly === 'refused';
    const isOtherReason = reason !== undefined && !REASONS.includes(reason) && options().otherReasons === 'refused';
    const invalid = [
      ...(asked !== null && (!isDateOrNow(asked) || isEarly || isRefused) ? ['cancellation_date'] : []),
      ...(isOtherReason ? ['cancellation_reason'] : []),
      ...(reserve === null || reserve === 'true' || reserve === 'false' ? [] : ['reserve_location']),
    ];
    if (asked === null || missing.length + invalid.length > 0) {
      const lists = { missing: missing.length === 0 ? null : missing, invalid: invalid.length === 0 ? null : invalid };
      return json(400, { error: { status: 400, code: 'INVALID_INPUT', message: 'invalid input', ...lists } });
    }
    if (reserve === 'true' && !server.reservable) {
      const code = 'SERVER_CANCELLATION_RESERVE_LOCATION_FALSE_ONLY';
      return robotError(409, code, 'It is not possible to reserve the location');
    }
    const date = isNowTooEarly && options().nowTooEarly === 'deferred' ? earliest : asked;
    state.cancel(server, { date, reason, reserved: reserve === 'true' });
    return json(200, cancellationJson(server));
  }

  function withdraw(server: OwnServer): Response {
    const { undo } = options();
    if (server.cancellation === null || server.ended || undo === 'too_late') {
      return robotError(409, 'CONFLICT', 'The cancellation cannot be revoked');
    }
    if (undo === 'works') [server.cancellation, server.reserved] = [null, false];
    return new Response(null, { status: 200 });
  }

  function cancellationJson(server: HetznerServer): object {
    const { cancellation, reservable, reserved } = server;
    const when = cancellation?.when;
    const day = typeof when === 'object' ? when.on : cancellation && dateOnly(cancellation.requestedAt);
    return {
      cancellation: {
        ...namesOf(server),
        earliest_cancellation_date: state.earliestEndOf(server),
        cancelled: cancellation !== null,
        reservation_possible: reservable && cancellation === null,
        reserved,
        cancellation_date: day,
        cancellation_reason: cancellation === null ? REASONS : (cancellation.reason ?? null),
      },
    };
  }

  app.notFound(() => robotError(404, 'NOT_FOUND', 'Not Found'));
  return (request) => app.fetch(request);
}

function isDateOrNow(text: string): boolean {
  const date = new Date(text);
  // A parser takes 30 February for 2 March.
  return text === 'now' || (!Number.isNaN(date.getTime()) && dateOnly(date) === text);
}

/** An error in the API's form. */
export function robotError(status: number, code: string, message: string): Response {
  return json(status, { error: { status, code, message } });
}

function namesOf({ serverNumber, name }: HetznerServer): object {
  const server_ip = `192.0.2.${serverNumber % 250}`;
  return {
    server_ip,
    server_ipv6_net: `2001:db8:${serverNumber % 9999}::`,
    server_number: serverNumber,
    server_name: name,
  };
}

function serverJson(server: HetznerServer): object {
  const fixed = { product: 'Sandbox server', dc: 'SBX1-DC1', traffic: 'unlimited', status: 'ready' };
  return { ...namesOf(server), ...fixed, cancelled: server.cancellation !== null };
}

import { type Context, Hono } from 'hono';
import { readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import { type HostingAnswers, createAnswers, historyJson, hostingJson } from './emulator-json.ts';
import type { HostingState } from './emulator-state.ts';
import type { HostingService } from './emulator-types.ts';

/** How the emulated Hosting API answers in cases that the facts leave open. */
export interface HostingOptions {
  /** The names of the responses' fields: `errorCode` today, `error_code` in older deployments. Default `camelCase`. */
  readonly keyStyle: 'camelCase' | 'snake_case';
  /** The header that carries the token. Default `token`. */
  readonly tokenHeader: string;
  /** What stands before the token in the header, such as `Bearer`; empty for nothing. Default empty. */
  readonly tokenScheme: string;
  /** From a job's creation to its end, by the sandbox's clock; 0 carries jobs out immediately. Default 60 000. */
  readonly jobDelayMs: number;
  /**
   * `serviceStatus` once a cancellation was carried out, which is not documented. Default `expiring`, a word that no
   * client can know.
   */
  readonly serviceStatusAfterCancel: string;
  /** A deleted hosting is a 404 (`gone`), or still shown with the status `deleted` (`listed`). Default `gone`. */
  readonly deletedHosting: 'gone' | 'listed';
}

/** A call whose credentials and hosting are known to be good. */
interface HostingCall {
  readonly service: HostingService;
  readonly answers: HostingAnswers;
  readonly clientRequestId: string | undefined;
}

/** The path below which the emulated Hosting API is served. */
export const hostingSandboxPath = '/api/v1';

/** The HTTP side of the emulated Hosting API: `{base}/hosting/{id}` and its history. */
export function createHostingRoutes(
  state: HostingState,
  options: () => Readonly<HostingOptions>,
  token: string,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono().basePath(hostingSandboxPath);

  const handle =
    (answer: (call: HostingCall, context: Context) => Response | Promise<Response>, readsDeleted = false) =>
    (context: Context): Response | Promise<Response> => {
      const { req } = context;
      const { keyStyle, tokenHeader, tokenScheme, deletedHosting } = options();
      const clientRequestId = req.header('client-request-id');
      const answers = createAnswers(state.nextId(), keyStyle, clientRequestId);
      const expected = tokenScheme === '' ? token : `${tokenScheme} ${token}`;
      if (req.header(tokenHeader) !== expected) return answers.error(401, 'unauthorized', 'The token is not valid');
      const service = state.services.get(req.param('id') ?? '');
      if (service === undefined || (service.state === 'deleted' && deletedHosting === 'gone' && !readsDeleted)) {
        return answers.error(404, 'does_not_exist', 'The hosting does not exist');
      }
      return answer({ service, answers, clientRequestId }, context);
    };

  const show = (service: HostingService): Readonly<Record<string, unknown>> =>
    hostingJson(service, options().serviceStatusAfterCancel);

  app.get(
    '/hosting/:id',
    handle(({ service, answers }) => answers.ok('The hosting object is attached', { hosting: show(service) })),
  );

  // The history outlives the hosting: it is where the fate of an immediate cancellation is read.
  app.get(
    '/hosting/:id/history',
    handle(({ service, answers }, { req }) => {
      const start = Number(req.query('start') ?? '0');
      const limit = Number(req.query('limit') ?? '50');
      if (!Number.isInteger(start) || start < 0 || !Number.isInteger(limit) || limit < 1) {
        return answers.error(400, 'invalid_parameter', 'start and limit must be whole numbers');
      }
      const wanted = req.query('responseId');
      const events = historyJson(service).filter((event) => wanted === undefined || event['responseId'] === wanted);
      const hostingEvents = events.slice(start, start + limit);
      return answers.ok('The event list is attached', { listItemCount: events.length, hostingEvents });
    }, true),
  );

  app.delete(
    '/hosting/:id',
    handle(async ({ service, answers, clientRequestId }, { req }) => {
      const body = await readJsonObject(req.raw);
      if (body === undefined) return answers.error(400, 'invalid_json', 'The body must be a JSON object');
      const { reason, domain, immediate = false } = body;
      for (const [name, value] of Object.entries({ reason, domain })) {
        if (typeof value !== 'string' || value.trim() === '') {
          return answers.error(400, 'missing_parameter', `The parameter ${name} is required`);
        }
      }
      if (typeof immediate !== 'boolean') {
        return answers.error(400, 'invalid_parameter', 'The parameter immediate must be true or false');
      }
      if (String(domain).toLowerCase() !== service.domain.toLowerCase()) {
        return answers.error(409, 'conflict', 'Domain does not exist in hosting');
      }
      if (service.state !== 'active' || service.cancellation !== null) {
        return answers.error(405, 'not_active', 'This hosting is not in an active state so cannot be deleted');
      }
      const { responseId } = answers;
      const order = { responseId, type: 'cancelHosting', immediate, reason: String(reason), clientRequestId } as const;
      state.queue(service, order, options().jobDelayMs);
      return answers.pending('Your cancel request is pending', show(service));
    }),
  );

  app.patch(
    '/hosting/:id',
    handle(async ({ service, answers, clientRequestId }, { req }) => {
      const body = await readJsonObject(req.raw);
      if (body?.['resumeService'] !== true) {
        return answers.error(400, 'invalid_parameter', 'The parameter resumeService must be true');
      }
      if (service.cancellation === null || service.cancellation.when === 'immediate' || service.state === 'deleted') {
        return answers.error(405, 'not_active', 'There is no service to resume');
      }
      const { responseId } = answers;
      const order = {
        responseId,
        type: 'resumeHostingService',
        immediate: false,
        reason: undefined,
        clientRequestId,
      } as const;
      state.queue(service, order, options().jobDelayMs);
      return answers.pending('Your update request is pending', show(service));
    }),
  );

  app.notFound(({ req }) => {
    const answers = createAnswers(state.nextId(), options().keyStyle, req.header('client-request-id'));
    return answers.error(404, 'not_found', 'There is nothing at this path');
  });
  return (request) => app.fetch(request);
}

/** The body of a failure inside the Hosting API. */
export function hostingFailure(status: number, answers: HostingAnswers): Response {
  return status === 429
    ? answers.error(429, 'rate_limit_exceeded', 'Too many requests')
    : answers.error(status, 'internal_error', 'An internal error occurred');
}

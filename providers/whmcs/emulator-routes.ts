import { Hono } from 'hono';
import { htmlPage, readForm } from '../../src/sandbox/kit/bodies.ts';
import type { WhmcsAccess, WhmcsAddresses } from './emulator-access.ts';
import { whmcsActions } from './emulator-actions.ts';
import { type WhmcsShapes, whmcsAnswer } from './emulator-answers.ts';
import type { WhmcsState } from './emulator-state.ts';

/**
 * How the emulated WHMCS is set up, and how it answers in cases in which versions differ or that the facts leave open.
 */
export interface WhmcsOptions extends WhmcsShapes, WhmcsAddresses {
  /** Whether the daily cron (midnight, UTC) carries cancellation requests out. Default true. */
  readonly automation: boolean;
  /** Requests that were carried out stay in `GetCancelledPackages`, or leave it. Default `listed`. */
  readonly completedRequests: 'listed' | 'removed';
  /** The HTTP status of an unknown action. Default 200. */
  readonly unknownActionStatus: 200 | 400 | 403;
}

/** An error that the next accepted `AddCancelRequest` gives, such as a payment gateway's. */
export interface WhmcsCancelError {
  readonly message: string;
  /** Whether the request is stored all the same. */
  readonly executed: boolean;
}

/** The directory, below the origin, of the second place at which the emulated WHMCS is served. */
export const whmcsSandboxDirectory = '/billing';

/** The HTTP side of the emulated WHMCS: `includes/api.php`, at the root and in a sub-directory. */
export function createWhmcsRoutes(
  state: WhmcsState,
  access: WhmcsAccess,
  options: () => Readonly<WhmcsOptions>,
  takeCancelError: () => WhmcsCancelError | undefined,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono();

  async function call(request: Request): Promise<Response> {
    const form = request.method === 'POST' ? await readForm(request) : new URLSearchParams();
    const current = options();
    const error = (status: number, message: string): Response =>
      whmcsAnswer(form, status, { result: 'error', message });

    const refusal = access.refusal(form, current);
    if (refusal !== undefined) return error(403, refusal);

    const name = form.get('action') ?? '';
    const action = whmcsActions.get(name.toLowerCase());
    if (action === undefined) {
      return error(current.unknownActionStatus, `Invalid API Action: "${name}" is not a valid API action`);
    }
    const actionRefusal = access.actionRefusal(form, name.toLowerCase());
    if (actionRefusal !== undefined) return error(403, actionRefusal);

    const listsCompletedRequests = current.completedRequests === 'listed';
    const run = (): Response =>
      whmcsAnswer(form, 200, action({ form, state, shapes: current, listsCompletedRequests }));
    const cancelError = name.toLowerCase() === 'addcancelrequest' ? takeCancelError() : undefined;
    if (cancelError === undefined) return run();
    if (cancelError.executed) run();
    return error(200, cancelError.message);
  }

  app.all('/includes/api.php', ({ req }) => call(req.raw));
  app.all(`${whmcsSandboxDirectory}/includes/api.php`, ({ req }) => call(req.raw));
  app.notFound(() => htmlPage(404, '404 - Page Not Found', 'The page you are looking for does not exist.'));
  return (request) => app.fetch(request);
}

/** The page of a failure inside WHMCS, or of the web server in front of it. */
export function whmcsFailure(status: number): Response {
  if (status === 429) return htmlPage(429, '429 Too Many Requests', 'nginx');
  return htmlPage(status, 'Oops!', 'Something went wrong and we could not process your request.');
}

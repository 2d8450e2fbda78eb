import { hosting } from '../../../providers/hosting/index.ts';
import { createCancelService } from '../../../src/index.ts';
import {
  commonScenarios,
  untyped,
  type Ask,
  type Echo,
  type JsonObject,
  type Scenario,
  type Subject,
} from './scenario.ts';

const when = 'end_of_period';

/** A hosting with its token. */
export function hostingSubject(token: string): Subject {
  const account = hosting({
    baseUrl: 'https://hosting.example/api',
    token,
    tokenScheme: 'Bearer',
    tokenHeader: 'authorization',
  });
  const service = ({ fetch, onEvent }: Ask): ReturnType<typeof createCancelService<{ readonly a: typeof account }>> =>
    createCancelService({ a: account }, { fetch, onEvent });
  const target = { account: 'a', service: { hostingId: '1_aed1', domain: 'example.com' } } as const;
  const cancel = (ask: Ask, options?: { readonly signal?: AbortSignal; readonly verify?: boolean }): Promise<unknown> =>
    service(ask).cancel({ ...target, when, reason: ask.echo.text, reference: token }, options);
  const failed = (echo: Echo, errorCode: string): JsonObject => ({
    responseId: echo.text,
    status: 'error',
    errorCode,
    errorMessage: echo.message,
    ...echo.fields,
  });
  const shown = (echo: Echo, fields: JsonObject = {}): JsonObject => ({
    responseId: echo.text,
    status: 'ok',
    hosting: {
      identifier: '1_aed1',
      status: echo.text,
      serviceStatus: 'active',
      openJobCount: 0,
      ...echo.fields,
      ...fields,
    },
  });
  const history = (...jobs: readonly JsonObject[]): JsonObject => ({ status: 'ok', hostingEvents: jobs });
  const refusal = (expects: Scenario['expects'], status: number): Scenario => ({
    name: expects,
    expects,
    answers: (echo) => [{ status, body: failed(echo, echo.text) }],
    call: cancel,
  });
  const scenarios: readonly Scenario[] = [
    ...commonScenarios(cancel),
    refusal('unauthorized', 401),
    refusal('forbidden', 403),
    refusal('not_found', 404),
    refusal('rejected', 409),
    {
      name: 'not_cancellable',
      expects: 'not_cancellable',
      answers: (echo) => [
        { status: 405, body: failed(echo, 'not_active') },
        { status: 200, body: shown(echo) },
        { status: 200, body: history() },
      ],
      call: cancel,
    },
    {
      name: 'cancelled, already_cancelled',
      expects: 'result',
      answers: (echo) => [
        { status: 405, body: failed(echo, 'not_active') },
        { status: 200, body: shown(echo, { serviceStatus: 'cancelled' }) },
      ],
      call: cancel,
    },
    {
      name: 'outcome_unknown, the provider’s words',
      expects: 'outcome_unknown',
      answers: (echo) => [
        { status: 500, body: failed(echo, echo.text) },
        { status: 403, body: failed(echo, echo.text) },
      ],
      call: cancel,
    },
    {
      name: 'cancelled, requested',
      expects: 'result',
      answers: (echo) => [
        { status: 202, body: { responseId: echo.text, status: 'pending', message: echo.message, ...echo.fields } },
      ],
      call: cancel,
    },
    {
      name: 'rejected, the job failed',
      expects: 'rejected',
      answers: (echo) => [
        { status: 202, body: { responseId: '1_2', status: 'pending', ...echo.fields } },
        { status: 200, body: history({ type: 'job', jobType: 'cancelHosting', jobStatus: 'failed', ...echo.fields }) },
        // The end of the history for one that looks for it, and the hosting for one that does not.
        { status: 200, body: { ...shown(echo), ...history() } },
      ],
      call: (ask) => cancel(ask, { verify: true }),
    },
    {
      name: 'status',
      expects: 'result',
      answers: (echo) => [{ status: 200, body: shown(echo, { serviceStatus: 'cancelled' }) }],
      call: (ask) => service(ask).status(target),
    },
    {
      name: 'status, refused',
      expects: 'forbidden',
      answers: (echo) => [{ status: 403, body: failed(echo, echo.text) }],
      call: (ask) => service(ask).status(target),
    },
    {
      name: 'revoke, not done',
      expects: 'rejected',
      answers: (echo) => [
        { status: 200, body: shown(echo, { serviceStatus: 'cancelled' }) },
        { status: 409, body: failed(echo, echo.text) },
      ],
      call: (ask) => service(ask).revoke(target),
    },
    {
      name: 'revoke, done',
      expects: 'result',
      answers: (echo) => [
        { status: 200, body: shown(echo, { serviceStatus: 'cancelled' }) },
        { status: 202, body: { responseId: echo.text, status: 'pending', ...echo.fields } },
      ],
      call: (ask) => service(ask).revoke(target),
    },
    {
      name: 'preview',
      expects: 'result',
      answers: () => [],
      call: (ask) => service(ask).preview({ ...target, when, reason: ask.echo.text, reference: token }),
    },
    {
      name: 'not_configured',
      expects: 'not_configured',
      answers: () => [],
      call: ({ fetch, onEvent }) =>
        createCancelService(
          {
            a: hosting(() => {
              throw new Error(`the vault says ${token}`);
            }),
          },
          { fetch, onEvent },
        ).cancel({ ...target, when }),
    },
    {
      name: 'invalid_request',
      expects: 'invalid_request',
      answers: () => [],
      call: (ask) =>
        untyped(service(ask), 'cancel', {
          account: 'a',
          service: { hostingId: '1_aed1', domain: token, [token]: 1 },
          when,
        }),
    },
  ];
  return { account, secrets: [token], scenarios };
}

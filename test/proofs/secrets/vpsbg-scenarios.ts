import { vpsbg } from '../../../providers/vpsbg/index.ts';
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

/** VPSBG with its token. */
export function vpsbgSubject(token: string): Subject {
  const account = vpsbg({ token });
  const service = ({ fetch, onEvent }: Ask): ReturnType<typeof createCancelService<{ readonly a: typeof account }>> =>
    createCancelService({ a: account }, { fetch, onEvent });
  const target = { account: 'a', service: { serverId: 7 } } as const;
  const cancel = (ask: Ask, options?: { readonly signal?: AbortSignal; readonly verify?: boolean }): Promise<unknown> =>
    service(ask).cancel({ ...target, when, reason: ask.echo.text }, options);
  const failed = (echo: Echo): JsonObject => ({
    message: echo.message,
    errors: { server_ids: [echo.text] },
    ...echo.fields,
  });
  const refusal = (expects: Scenario['expects'], status: number): Scenario => ({
    name: expects,
    expects,
    answers: (echo) => [{ status, body: failed(echo) }],
    call: cancel,
  });
  const server = (echo: Echo): JsonObject => ({
    id: 7,
    status: 'active',
    expiry_at: '2026-12-27T11:03:10.000000Z',
    cancel_request: { now: false, reason: echo.message, created_at: echo.text, ...echo.fields },
    ...echo.fields,
  });
  const scenarios: readonly Scenario[] = [
    ...commonScenarios(cancel),
    refusal('unauthorized', 401),
    refusal('forbidden', 403),
    refusal('not_found', 404),
    refusal('rejected', 422),
    {
      name: 'outcome_unknown, the provider’s words',
      expects: 'outcome_unknown',
      answers: (echo) => [
        { status: 423, body: failed(echo) },
        { status: 403, body: failed(echo) },
      ],
      call: cancel,
    },
    {
      name: 'cancelled, scheduled',
      expects: 'result',
      answers: (echo) => [{ status: 204 }, { status: 200, body: server(echo) }],
      call: (ask) => cancel(ask, { verify: true }),
    },
    {
      name: 'status',
      expects: 'result',
      answers: (echo) => [{ status: 200, body: server(echo) }],
      call: (ask) => service(ask).status(target),
    },
    {
      name: 'status, refused',
      expects: 'not_found',
      answers: (echo) => [{ status: 404, body: failed(echo) }],
      call: (ask) => service(ask).status(target),
    },
    {
      name: 'revoke, not done',
      expects: 'outcome_unknown',
      answers: (echo) => [
        { status: 200, body: server(echo) },
        { status: 423, body: failed(echo) },
        { status: 200, body: server(echo) },
      ],
      call: (ask) => service(ask).revoke(target),
    },
    {
      name: 'revoke, done',
      expects: 'result',
      answers: (echo) => [
        { status: 200, body: server(echo) },
        { status: 200, body: {} },
        { status: 200, body: { ...server(echo), cancel_request: null } },
      ],
      call: (ask) => service(ask).revoke(target),
    },
    {
      name: 'preview',
      expects: 'result',
      answers: () => [],
      call: (ask) => service(ask).preview({ ...target, when, reason: ask.echo.text }),
    },
    {
      name: 'outcome_unknown, an addon’s undo that cannot be seen',
      expects: 'outcome_unknown',
      answers: (echo) => {
        const addon = { id: 7, name: echo.text, status: echo.text, ended_at: echo.text };
        const shown = { status: 200, body: { id: 608, addons: [addon], ...echo.fields } };
        return [shown, { status: 204 }, shown];
      },
      call: (ask) => service(ask).revoke({ account: 'a', service: { serverId: 608, addonId: 7 } }),
    },
    {
      name: 'the state of a floating IP',
      expects: 'result',
      answers: (echo) => {
        const request = { id: 1, type: 1, reason: echo.text, created_at: echo.text };
        const entry = { id: 7, status: 'active', expiry_at: echo.text, cancel_request: request, ...echo.fields };
        return [{ status: 200, body: { data: [entry], meta: { last_page: 1, total: 1 } } }];
      },
      call: (ask) => service(ask).status({ account: 'a', service: { floatingIpId: 7 } }),
    },
    {
      name: 'not_configured',
      expects: 'not_configured',
      answers: () => [],
      call: ({ fetch, onEvent }) =>
        createCancelService({ a: vpsbg({ token: `${token} ${token}` }) }, { fetch, onEvent }).cancel({
          ...target,
          when,
        }),
    },
    {
      name: 'invalid_request',
      expects: 'invalid_request',
      answers: () => [],
      call: (ask) => untyped(service(ask), 'cancel', { account: 'a', service: { serverId: token, [token]: 1 }, when }),
    },
  ];
  return { account, secrets: [token], scenarios };
}

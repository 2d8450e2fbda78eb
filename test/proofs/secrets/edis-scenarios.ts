import { edis, orderVps } from '../../../providers/edis/index.ts';
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

const when = 'immediate';

const failed = (echo: Echo): JsonObject => ({
  status: 'error',
  message: echo.message,
  errors: [echo.text, `pw ${echo.text} is invalid`],
  ...echo.fields,
});

/** Cancellations at EDIS, with its password. */
export function edisSubject(password: string): Subject {
  const account = edis({ email: 'reseller@example.com', password });
  const service = ({ fetch, onEvent }: Ask): ReturnType<typeof createCancelService<{ readonly a: typeof account }>> =>
    createCancelService({ a: account }, { fetch, onEvent });
  const request = (echo: Echo) => ({ account: 'a', service: { serviceId: 7 }, when, reason: echo.text }) as const;
  const cancel = (ask: Ask, options?: { readonly signal: AbortSignal }): Promise<unknown> =>
    service(ask).cancel(request(ask.echo), options);
  const scenarios: readonly Scenario[] = [
    ...commonScenarios(cancel),
    ...refusals(cancel),
    {
      name: 'outcome_unknown, the provider’s words',
      expects: 'outcome_unknown',
      answers: (echo) => [{ status: 200, body: { ...failed(echo), status: 'failed' } }],
      call: cancel,
    },
    {
      name: 'cancelled, requested',
      expects: 'result',
      answers: (echo) => [{ status: 200, body: { status: 'success', serviceid: 7, clientid: null, ...echo.fields } }],
      call: cancel,
    },
    {
      name: 'cancelled, already_cancelled',
      expects: 'result',
      answers: (echo) => [
        { status: 400, body: { ...failed(echo), message: `Existing Cancellation Request Exists ${echo.text}` } },
      ],
      call: cancel,
    },
    {
      name: 'preview',
      expects: 'result',
      answers: () => [],
      call: (ask) => service(ask).preview(request(ask.echo)),
    },
    {
      name: 'unsupported',
      expects: 'unsupported',
      answers: () => [],
      call: (ask) => untyped(service(ask), 'status', { account: 'a', service: { serviceId: 7 } }),
    },
    {
      name: 'not_configured',
      expects: 'not_configured',
      answers: () => [],
      call: ({ fetch, onEvent }) =>
        createCancelService(
          {
            a: edis({
              email: 'reseller@example.com',
              password,
              baseUrl: `https://user:${encodeURIComponent(password)}@host.example`,
            }),
          },
          { fetch, onEvent },
        ).cancel({ account: 'a', service: { serviceId: 7 }, when }),
    },
    {
      name: 'invalid_request',
      expects: 'invalid_request',
      answers: () => [],
      call: (ask) => untyped(service(ask), 'cancel', { account: 'a', service: { serviceId: password }, when }),
    },
  ];
  return { account, secrets: [password], scenarios };
}

/** Orders at EDIS, which carry an SSH key as well. */
export function edisOrderSubject(password: string, sshPublicKey: string): Subject {
  const account = edis({ email: 'reseller@example.com', password });
  const order = ({ fetch, onEvent }: Ask): Promise<unknown> =>
    orderVps(
      account,
      {
        billingCycle: 'monthly',
        paymentMethod: 'paypal',
        items: [{ productId: 1814, os: 92, hostname: 'kvmtest', sshPublicKey }],
      },
      { fetch, onEvent },
    );
  const ordering: readonly Scenario[] = [
    ...refusals(order),
    {
      name: 'outcome_unknown, the provider’s words',
      expects: 'outcome_unknown',
      answers: (echo) => [{ status: 500, body: { ...failed(echo), support: echo.message } }],
      call: order,
    },
    {
      name: 'ordered',
      expects: 'result',
      answers: (echo) => [
        { status: 200, body: { status: 'success', orderid: 1, serviceids: '2', invoiceid: 4, ...echo.fields } },
      ],
      call: order,
    },
    {
      name: 'not_provisioned',
      expects: 'result',
      answers: (echo) => [{ status: 200, body: { status: 'failed', orderid: echo.text, ...echo.fields } }],
      call: order,
    },
    {
      name: 'outcome_unknown, lost',
      expects: 'outcome_unknown',
      answers: ({ text }) => [{ fails: new Error(text) }],
      call: order,
    },
  ];
  const key = sshPublicKey.split(' ')[1] ?? '';
  return { account, secrets: [password, sshPublicKey, key], scenarios: ordering.map(named) };
}

/** An order is a class of its own, so that each secret goes through one of each kind. */
function named(scenario: Scenario): Scenario {
  return { ...scenario, name: `${scenario.expects === 'result' ? 'order' : 'order refused'}, ${scenario.name}` };
}

function refusals(call: Scenario['call']): readonly Scenario[] {
  return [
    { name: 'unauthorized', expects: 'unauthorized', answers: (echo) => [{ status: 401, body: failed(echo) }], call },
    { name: 'forbidden', expects: 'forbidden', answers: (echo) => [{ status: 403, body: failed(echo) }], call },
    { name: 'rejected', expects: 'rejected', answers: (echo) => [{ status: 400, body: failed(echo) }], call },
    {
      name: 'rejected, the words in the list',
      expects: 'rejected',
      answers: (echo) => [{ status: 422, body: { ...failed(echo), message: '' } }],
      call,
    },
  ];
}

import { createHash } from 'node:crypto';
import { whmcs, type WhmcsAccount } from '../../../providers/whmcs/index.ts';
import { createCancelService } from '../../../src/index.ts';
import {
  commonScenarios,
  untyped,
  type Ask,
  type Echo,
  type JsonObject,
  type Scenario,
  type ScenarioAnswer,
  type Subject,
} from './scenario.ts';

const when = 'end_of_period';
const url = 'https://billing.example/whmcs';

/** WHMCS with API credentials and an access key. */
export function whmcsSubject(secret: string, identifier: string, accessKey: string): Subject {
  const account = whmcs({ url, identifier, secret, accessKey });
  const broken = whmcs({ url: `${url}?key=${accessKey}`, identifier, secret });
  return { account, secrets: [secret, identifier, accessKey], scenarios: scenariosFor(account, broken, secret) };
}

/** WHMCS with an admin's password, of which the md5 is sent. */
export function whmcsAdminSubject(password: string, accessKey: string): Subject {
  const account = whmcs({ url, username: 'admin', password, accessKey });
  const broken = whmcs({
    url: `https://admin:${encodeURIComponent(password)}@billing.example`,
    username: 'admin',
    password,
  });
  const hash = createHash('md5').update(password, 'utf8').digest('hex');
  return { account, secrets: [password, hash, accessKey], scenarios: scenariosFor(account, broken, password) };
}

const failed = (echo: Echo, message: string, status = 200): ScenarioAnswer => ({
  status,
  body: { result: 'error', message, ...echo.fields },
});
const EXISTING = 'Existing Cancellation Request Exists';
const product = (echo: Echo, fields: JsonObject = {}): ScenarioAnswer => ({
  status: 200,
  body: {
    result: 'success',
    totalresults: 1,
    products: {
      product: [{ id: 7, status: 'Active', nextduedate: '2026-12-30', password: echo.text, ...echo.fields, ...fields }],
    },
  },
});
const stored = (echo: Echo, type: string): ScenarioAnswer => ({
  status: 200,
  body: {
    result: 'success',
    totalresults: 1,
    packages: {
      package: [{ id: echo.text, relid: 7, date: '2026-03-10 09:15:00', type, reason: echo.message, ...echo.fields }],
    },
  },
});
const NONE: ScenarioAnswer = { status: 200, body: { result: 'success', totalresults: 0, packages: '' } };
const TYPE = 'End of Billing Period';

function scenariosFor(account: WhmcsAccount, broken: WhmcsAccount, secret: string): readonly Scenario[] {
  const service = ({ fetch, onEvent }: Ask): ReturnType<typeof createCancelService<{ readonly a: WhmcsAccount }>> =>
    createCancelService({ a: account }, { fetch, onEvent });
  const target = { account: 'a', service: { serviceId: 7 } } as const;
  const cancel = (ask: Ask, options?: { readonly signal?: AbortSignal; readonly verify?: boolean }): Promise<unknown> =>
    service(ask).cancel({ ...target, when, reason: ask.echo.text }, options);
  const status = (ask: Ask): Promise<unknown> => service(ask).status(target);
  const simple = (expects: Scenario['expects'], message: string, code: number): Scenario => ({
    name: expects,
    expects,
    answers: (echo) => [failed(echo, message, code)],
    call: cancel,
  });
  return [
    ...commonScenarios(cancel),
    simple('unauthorized', 'Authentication Failed', 403),
    simple('forbidden', 'Invalid IP 203.0.113.7', 403),
    simple('not_found', 'Service ID Not Found', 200),
    {
      name: 'unexpected_response, the provider’s words',
      expects: 'unexpected_response',
      answers: (echo) => [failed(echo, `Invalid API Action: "${echo.text}" is not a valid API action`, 400)],
      call: cancel,
    },
    {
      name: 'rejected',
      expects: 'rejected',
      answers: (echo) => [failed(echo, echo.message), product(echo), NONE],
      call: cancel,
    },
    {
      name: 'not_cancellable',
      expects: 'not_cancellable',
      answers: (echo) => [failed(echo, `${EXISTING} ${echo.text}`), product(echo), NONE],
      call: cancel,
    },
    {
      name: 'timing_conflict',
      expects: 'timing_conflict',
      answers: (echo) => [failed(echo, `${EXISTING} ${echo.text}`), product(echo), stored(echo, 'Immediate')],
      call: cancel,
    },
    {
      name: 'cancelled, already_cancelled',
      expects: 'result',
      answers: (echo) => [failed(echo, EXISTING), product(echo), stored(echo, TYPE)],
      call: cancel,
    },
    {
      name: 'outcome_unknown, the provider’s words',
      expects: 'outcome_unknown',
      answers: (echo) => [failed(echo, echo.message), failed(echo, echo.message)],
      call: cancel,
    },
    {
      name: 'outcome_unknown, another timing',
      expects: 'outcome_unknown',
      answers: (echo) => [failed(echo, echo.message), product(echo), stored(echo, 'Immediate')],
      call: cancel,
    },
    {
      name: 'cancelled, requested',
      expects: 'result',
      answers: (echo) => [{ status: 200, body: { result: 'success', serviceid: 7, ...echo.fields } }],
      call: cancel,
    },
    {
      name: 'cancelled, reconciled',
      expects: 'result',
      answers: (echo) => [failed(echo, echo.message), product(echo), stored(echo, TYPE)],
      call: cancel,
    },
    {
      name: 'cancelled, scheduled',
      expects: 'result',
      answers: (echo) => [
        { status: 200, body: { result: 'success', ...echo.fields } },
        product(echo),
        stored(echo, TYPE),
      ],
      call: (ask) => cancel(ask, { verify: true }),
    },
    {
      name: 'status, completed',
      expects: 'result',
      answers: (echo) => [product(echo, { status: 'Terminated' }), stored(echo, echo.text)],
      call: status,
    },
    { name: 'status', expects: 'result', answers: (echo) => [product(echo), stored(echo, echo.text)], call: status },
    {
      name: 'status, refused',
      expects: 'unexpected_response',
      answers: (echo) => [failed(echo, echo.message)],
      call: status,
    },
    {
      name: 'preview',
      expects: 'result',
      answers: () => [],
      call: (ask) => service(ask).preview({ ...target, when, reason: ask.echo.text }),
    },
    {
      name: 'unsupported',
      expects: 'unsupported',
      answers: () => [],
      call: (ask) => untyped(service(ask), 'revoke', target),
    },
    {
      name: 'not_configured',
      expects: 'not_configured',
      answers: () => [],
      call: ({ fetch, onEvent }) => createCancelService({ a: broken }, { fetch, onEvent }).cancel({ ...target, when }),
    },
    {
      name: 'unknown_account',
      expects: 'unknown_account',
      answers: () => [],
      call: (ask) => untyped(service(ask), 'cancel', { ...target, account: secret, when }),
    },
  ];
}

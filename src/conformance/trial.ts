import assert from 'node:assert/strict';
import { exampleOf, timingOf } from '../contract/when.ts';
import {
  createCancelService,
  isProviderError,
  type Accounts,
  type AnyWhen,
  type CancellationOptions,
  type CancellationStatus,
  type CancelResult,
  type FindResult,
  type PreviewedRequest,
  type ProviderError,
  type RevokeResult,
  type ServiceOptions,
  type Timing,
  type WhereToLook,
} from '../index.ts';
import { asksToWait, inOrder, isSameRequest } from './answers.ts';
import { withHaste } from './haste.ts';
import { besidesLogins, granting, type LoginResponder } from './logins.ts';
import { withLoopback, type Loopback, type Responder, type SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceFixture, ConformanceSubject } from './subject.ts';

/** The name of the account under test, which no text holds by chance. */
export const ACCOUNT = 'conformance-account';

/** The service object as plain JavaScript sees it: anything can be passed in. */
export interface UncheckedService {
  cancel(request: unknown, options?: unknown): Promise<CancelResult>;
  preview(request: unknown, options?: unknown): Promise<PreviewedRequest>;
  status(request: unknown, options?: unknown): Promise<CancellationStatus>;
  revoke(request: unknown, options?: unknown): Promise<RevokeResult>;
  options(request: unknown, options?: unknown): Promise<CancellationOptions>;
  find(request: unknown, options?: unknown): Promise<FindResult>;
  confirm(request: unknown, options?: unknown): Promise<CancelResult>;
  whereToLook(request: unknown): Promise<WhereToLook | undefined>;
}

/** How a call ended. */
export type Settled<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ProviderError };

/** A running server with a service object whose account leads to it. */
export interface Trial {
  /** What it was sent, logins aside. */
  readonly server: Loopback;
  /** The requests of logins. */
  readonly logins: readonly SeenRequest[];
  readonly service: UncheckedService;
}

/** A service object whose one account has this configuration: an object, a function, or nothing for the environment. */
export function serviceWith(
  subject: ConformanceSubject,
  config: unknown,
  options: ServiceOptions = {},
): UncheckedService {
  const accounts: Accounts = { [ACCOUNT]: subject.provider.account(config) };
  return createCancelService(accounts, options);
}

// Too short for any Retry-After, long enough for a server on this machine.
const IMPATIENT: ServiceOptions = { deadlineMs: 1000 };

/**
 * Runs `work` with the account's traffic going to a server of its own. The service object is new, so that no check
 * finds a spent budget or an open breaker of another.
 */
export async function withTrial<Value>(
  subject: ConformanceSubject,
  answers: readonly ConformanceAnswer[] | Responder,
  work: (trial: Trial) => Promise<Value>,
  options: ServiceOptions = {},
  answerLogin: LoginResponder = granting,
): Promise<Value> {
  const isResponder = typeof answers === 'function';
  const patience = !isResponder && answers.some(asksToWait) ? IMPATIENT : {};
  const logins: SeenRequest[] = [];
  const respond = besidesLogins(subject, isResponder ? answers : inOrder(answers), logins, answerLogin);
  return withLoopback(respond, (whole) => {
    const service = serviceWith(subject, subject.config(whole.origin), { ...patience, ...options });
    const server = {
      origin: whole.origin,
      get requests() {
        return whole.requests.filter((request) => !logins.includes(request));
      },
    };
    return withHaste(() => work({ server, logins, service }));
  });
}

/** A cancellation of the subject's service, with some parts replaced. */
export function orderOf(subject: ConformanceSubject, parts: Readonly<Record<string, unknown>> = {}): object {
  const order = { account: ACCOUNT, service: subject.service, when: usualWhen(subject), ...subject.order, ...parts };
  const usual = subject.order?.reason;
  if (usual === undefined) return order;
  // A reason that a check gives keeps what every cancellation needs.
  const { reason } = order;
  if (typeof reason === 'string') return { ...order, reason: { ...usual, text: reason } };
  return typeof reason === 'object' ? { ...order, reason: { ...usual, ...reason } } : order;
}

/** The first of the timings that the service takes, as a caller asks for it. */
export function usualWhen(subject: ConformanceSubject): AnyWhen {
  return whenFor(subject, timingsOf(subject)[0] ?? 'immediate');
}

/** The timings that the service takes. */
export function timingsOf({
  provider,
  timings = provider.capabilities.timings,
}: ConformanceSubject): readonly Timing[] {
  return timings;
}

/** A timing as a caller asks for it: with a date of the fixtures, if they have one. */
export function whenFor({ fixtures }: ConformanceSubject, timing: Timing): AnyWhen {
  const successes = fixtures.filter(({ kind }) => kind === 'success');
  return successes.flatMap(({ when }) => when ?? []).find((when) => timingOf(when) === timing) ?? exampleOf(timing);
}

/** How the promise settled; the check fails if it rejects with anything but a `ProviderError`. */
export async function settle<Value>(promise: Promise<Value>): Promise<Settled<Value>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    assert.ok(isProviderError(error), 'something that is not a ProviderError was thrown');
    return { ok: false, error };
  }
}

/** Fails if the core had to stand in for a provider that threw, or that yielded something impossible. */
export function assertNoFault(settled: Settled<object>, what: string): void {
  const fault = settled.ok ? false : settled.error.message.includes('the adapter is faulty');
  assert.ok(!fault, `${what}: the provider failed instead of judging the answer`);
}

/** In short, for the message of a check that failed. */
export function describeSettled(settled: Settled<{ readonly outcome?: string; readonly state?: string }>): string {
  if (settled.ok) return settled.value.outcome ?? settled.value.state ?? 'a value';
  const { code, reason, message } = settled.error;
  return `${code}${reason === undefined ? '' : ` (${reason})`}: ${message}`;
}

/** The answers of the first success fixture, with those that come before it. */
export function successAnswers(subject: ConformanceSubject): readonly ConformanceAnswer[] {
  const fixture = subject.fixtures.find(({ kind }) => kind === 'success');
  return [...beforeCancelOf(subject, fixture), ...(fixture?.answers ?? [])];
}

/** The answers to what is sent before the cancellation itself, what the adapter reads first included. */
export function beforeCancelOf(
  subject: ConformanceSubject,
  fixture?: Pick<ConformanceFixture, 'before'>,
): readonly ConformanceAnswer[] {
  return [...beforeOf(subject), ...(fixture?.before ?? subject.beforeCancel ?? [])];
}

/** The answers to what is sent before any operation, such as a login. */
export function beforeOf(subject: ConformanceSubject): readonly ConformanceAnswer[] {
  return subject.before ?? [];
}

/** The request that cancels, among those that the server saw. */
export function cancellationAmong(
  subject: ConformanceSubject,
  requests: readonly SeenRequest[],
  fixture?: Pick<ConformanceFixture, 'before'>,
): SeenRequest {
  const request = requests[beforeCancelOf(subject, fixture).length];
  assert.ok(request, 'the cancellation was never sent');
  return request;
}

/** How often a request reached the server. */
export function timesSent(request: SeenRequest, requests: readonly SeenRequest[]): number {
  return requests.filter((other) => isSameRequest(other, request)).length;
}

/** Sends one cancellation that the server accepts, and returns the request that cancels. */
export async function sentFor(
  subject: ConformanceSubject,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<SeenRequest> {
  return withTrial(subject, successAnswers(subject), async ({ server, service }) => {
    await settle(service.cancel(orderOf(subject, parts)));
    return cancellationAmong(subject, server.requests);
  });
}

/** A confirmation of the subject's cancellation, with some parts replaced. */
export function confirmationOf(subject: ConformanceSubject, parts: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(orderOf(subject, parts)).filter(([name]) => name !== 'when'));
}

/**
 * The request that carries reason, reference and extras, of a call that the server accepts: the one that cancels or, as
 * the capabilities say, the one that confirms.
 */
export async function detailsSentFor(
  subject: ConformanceSubject,
  parts: Readonly<Record<string, unknown>> = {},
): Promise<SeenRequest> {
  if (subject.provider.capabilities.detailsWith !== 'confirm') return sentFor(subject, parts);
  const accepted = (subject.confirmFixtures ?? []).find(({ expected }) => 'outcome' in expected)?.answers ?? [];
  const before = beforeOf(subject);
  return withTrial(subject, [...before, ...accepted], async ({ server, service }) => {
    await settle(service.confirm(confirmationOf(subject, { ...parts, token: 'token-of-a-mail' })));
    const request = server.requests[before.length];
    assert.ok(request, 'the confirmation was never sent');
    return request;
  });
}

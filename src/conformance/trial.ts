import assert from 'node:assert/strict';
import {
  createCancelService,
  isProviderError,
  type Accounts,
  type CancellationStatus,
  type CancelResult,
  type PreviewedRequest,
  type ProviderError,
  type RevokeResult,
  type ServiceOptions,
} from '../index.ts';
import { asksToWait, inOrder, isSameRequest } from './answers.ts';
import { withHaste } from './haste.ts';
import { withLoopback, type Loopback, type Responder, type SeenRequest } from './loopback.ts';
import type { ConformanceAnswer, ConformanceSubject } from './subject.ts';

/** The name of the account under test, which no text holds by chance. */
export const ACCOUNT = 'conformance-account';

/** The service object as plain JavaScript sees it: anything can be passed in. */
export interface UncheckedService {
  cancel(request: unknown, options?: unknown): Promise<CancelResult>;
  preview(request: unknown, options?: unknown): Promise<PreviewedRequest>;
  status(request: unknown, options?: unknown): Promise<CancellationStatus>;
  revoke(request: unknown, options?: unknown): Promise<RevokeResult>;
}

/** How a call ended. */
export type Settled<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: ProviderError };

/** A running server with a service object whose account leads to it. */
export interface Trial {
  readonly server: Loopback;
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
): Promise<Value> {
  const isResponder = typeof answers === 'function';
  const patience = !isResponder && answers.some(asksToWait) ? IMPATIENT : {};
  return withLoopback(isResponder ? answers : inOrder(answers), (server) => {
    const service = serviceWith(subject, subject.config(server.origin), { ...patience, ...options });
    return withHaste(() => work({ server, service }));
  });
}

/** A cancellation of the subject's service, with some parts replaced. */
export function orderOf(subject: ConformanceSubject, parts: Readonly<Record<string, unknown>> = {}): object {
  return { account: ACCOUNT, service: subject.service, when: subject.provider.capabilities.timings[0], ...parts };
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
  return [...beforeOf(subject), ...(fixture?.answers ?? [])];
}

/** The answers to what is sent before the cancellation. */
export function beforeOf(subject: ConformanceSubject): readonly ConformanceAnswer[] {
  return subject.before ?? [];
}

/** The request that cancels, among those that the server saw. */
export function cancellationAmong(subject: ConformanceSubject, requests: readonly SeenRequest[]): SeenRequest {
  const request = requests[beforeOf(subject).length];
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

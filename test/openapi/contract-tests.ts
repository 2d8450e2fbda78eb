import {
  type Account,
  type CancelService,
  createCancelService,
  type ErrorCode,
  isProviderError,
  type Timing,
} from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { beforeAll, describe, expect, it } from 'vitest';
import { internalsOf } from '../../src/accounts/account.ts';
import { checkAccount } from '../../src/service/check-account.ts';
import { recordingFetch } from '../support/fetch.ts';
import { checkRequest } from './check-request.ts';
import { type ApiOperation, readOperations } from './description.ts';
import { type DocumentedAnswer, documentedAnswers, responseOf } from './documented-answers.ts';
import { type Answered, problemsOf, type Settled, type Shown } from './problems.ts';

/** A provider's adapter and the descriptions of the API that it is held against. */
export interface ContractSubject {
  /** Names of files in `descriptions/`, without `.openapi.yaml`. */
  readonly descriptions: readonly string[];
  /** A new account with the base URL of the descriptions: one for each call, so that none has another's token. */
  readonly account: () => Account;
  /** Every secret value of the account's configuration. */
  readonly secrets: readonly string[];
  /** What a login returns: secret from then on, and unknown to the core before. */
  readonly tokens?: readonly string[];
  /** One service reference in each of its forms. */
  readonly services: readonly object[];
  /** Values for the fields of these names in generated bodies, such as the ids of the services. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Those of the provider's timings that the usual answers fit, such as those of a monthly contract. Default: all. */
  readonly timings?: readonly Timing[];
  /** What every cancellation says besides, such as `extras`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What a confirmation says besides that. */
  readonly confirmDetails?: Readonly<Record<string, unknown>>;
  /** Whether no cancellation of `services` can be undone, although others of the provider can. Default `false`. */
  readonly takesNoUndo?: boolean;
  /** The date of `on_date`. Default 2099-12-31. */
  readonly on?: string;
  /**
   * The usual answer of each operation that the adapter uses, by its name (`GET /v2/contracts/{contractId}`): one, or
   * one for a service that is not cancelled and one for a cancelled service. Between them, each call ends well.
   */
  readonly usual: Readonly<Record<string, UsualAnswer>>;
  /** What the answers show, in the documentation's own words. Written from the facts and not from the adapter. */
  readonly shows: Shown;
  /** Operations that the adapter does not use. */
  readonly unused: readonly string[];
  /** Lower-case names of the headers of signed requests, which stand in place of the described security schemes. */
  readonly signedWith?: readonly string[];
}

/** One answer, or two that depend on whether the service is cancelled. */
export type UsualAnswer =
  ConformanceAnswer | { readonly active: ConformanceAnswer; readonly cancelled: ConformanceAnswer };

type ServiceState = 'active' | 'cancelled';

/** A call of the service object, or the check of the credentials. */
interface TriedCall {
  readonly name: string;
  readonly operation: Settled['operation'];
  /** The state of the service from which the call ends well. */
  readonly from: ServiceState;
  /** The error with which it ends well. */
  readonly endsWith?: ErrorCode | undefined;
  /** Another call differs from it in nothing that an answer is read by. */
  readonly isVariant?: boolean;
  readonly run: (fetch: typeof globalThis.fetch) => Promise<unknown>;
}

/**
 * Holds an adapter against the description of its API: every request is as described, and every described answer, each
 * example and many generated bodies included, is reported truthfully. Call it at the top of a test file, with `await`.
 */
export async function contractTests(subject: ContractSubject): Promise<void> {
  const operations = await readOperations(subject.descriptions);
  const calls = callsOf(subject);
  const used = new Map<string, Set<TriedCall>>();

  beforeAll(async () => {
    for (const call of calls) {
      for (const state of ['active', 'cancelled'] as const) {
        for (const { operation } of (await carryOut(subject, operations, call, state)).answered) {
          used.set(operation, (used.get(operation) ?? new Set()).add(call));
        }
      }
    }
  });

  describe(`the requests, held against ${subject.descriptions.join(', ')},`, () => {
    it.each(calls)('are as described where $name ends well', async (call) => {
      const settled = await carryOut(subject, operations, call, call.from);
      expect(settled.violations).toEqual([]);
      expect(isProviderError(settled.error) ? settled.error.code : settled.error).toBe(call.endsWith);
      expect(problemsOf(settled, { ...subject, secrets: secretsOf(subject) })).toEqual([]);
    });

    it('are all those of the description but those that the adapter is said not to use', () => {
      const names = operations.map(({ name }) => name);
      expect(names.filter((name) => !used.has(name)).toSorted()).toEqual(subject.unused.toSorted());
    });
  });

  describe.each(operations.filter(({ name }) => !subject.unused.includes(name)))('an answer to $name', (operation) => {
    const answers = Map.groupBy(documentedAnswers(operation, subject.values), ({ status }) => status);

    it.each([...answers])('with %i is reported truthfully', async (_status, documented) => {
      for (const answer of documented) await expectTruth(operation, answer);
    });

    it('is reported truthfully with the body of another status', async () => {
      const statuses = [...answers.keys()];
      for (const status of statuses) {
        const other = statuses.find((one) => one < 300 !== status < 300);
        // The last one has every field.
        const borrowed = answers.get(other ?? status)?.at(-1);
        if (borrowed === undefined) continue;
        await expectTruth(operation, { ...borrowed, status, name: `${status}, with the body of ${borrowed.name}` });
      }
    });

    it('never gets a secret out that it repeats', async () => {
      for (const documented of answers.values()) {
        const last = documented.at(-1);
        if (last?.body === undefined) continue;
        const isLogin = subject.shows.reads?.includes(operation.name) === true;
        const known = isLogin ? subject.secrets : secretsOf(subject);
        await expectTruth(operation, { ...last, body: withSecrets(last.body, known) });
      }
    });
  });

  async function expectTruth({ name }: ApiOperation, answer: DocumentedAnswer): Promise<void> {
    const states = answer.status < 300 ? (['active', 'cancelled'] as const) : undefined;
    for (const call of [...(used.get(name) ?? [])].filter(({ isVariant = false }) => !isVariant)) {
      for (const state of states ?? [call.from]) {
        const settled = await carryOut(subject, operations, call, state, { operation: name, answer });
        const problems = problemsOf(settled, { ...subject, secrets: secretsOf(subject) });
        const found = { problems, violations: settled.violations };
        expect(found, `${call.name} of a service that is ${state}, answered with ${answer.name}`).toEqual({
          problems: [],
          violations: [],
        });
      }
    }
  }
}

/** Every call that the account offers: each timing, with and without a reason, for each form of a service. */
function callsOf({
  account,
  services,
  details = {},
  confirmDetails = {},
  on = '2099-12-31',
  takesNoUndo = false,
  ...subject
}: ContractSubject): readonly TriedCall[] {
  const { timings, readBack, revoke, options, confirm, detailsWith, reason: field } = account().capabilities;
  const check: TriedCall = {
    name: 'check of the credentials',
    operation: 'check',
    from: 'active',
    run: (fetch) => checkAccount('account', account(), { fetch }),
  };
  const search: TriedCall = {
    name: 'search',
    operation: 'find',
    from: 'active',
    run: (fetch) => createCancelService({ account: account() }, { fetch }).find({ account: 'account', query: 'web' }),
  };
  const calls = services.flatMap((service) => {
    const asked = { account: 'account', service } as const;
    const ofService: TriedCall[] = [];
    const add = (
      operation: TriedCall['operation'],
      kind: string,
      from: ServiceState,
      run: (api: CancelService<{ account: Account }>) => Promise<unknown>,
      more: Pick<TriedCall, 'isVariant' | 'endsWith'> = {},
    ): void => {
      const name = `${operation} ${kind}of ${JSON.stringify(service)}`;
      ofService.push({
        name,
        operation,
        from,
        ...more,
        run: (fetch) => run(createCancelService({ account: account() }, { fetch })),
      });
    };
    for (const timing of subject.timings ?? timings) {
      const endsWith = timing === confirm ? 'confirmation_required' : undefined;
      const when = timing === 'on_date' ? { on } : timing;
      add('cancel', `${timing} `, 'active', (api) => api.cancel({ ...asked, when, ...details }), { endsWith });
      const reason = 'Project ended';
      const reasoned = { ...asked, when, reason, ...details };
      add('cancel', `${timing} with a reason `, 'active', (api) => api.cancel(reasoned), { endsWith, isVariant: true });
    }
    if (confirm !== undefined) {
      const confirmed = { ...asked, token: '4f6d1a', ...details, ...confirmDetails };
      add('confirm', '', 'active', (api) => api.confirm(confirmed));
      const codes = detailsWith === 'confirm' && typeof field.codes === 'object' ? field.codes : [];
      for (const { code } of codes) {
        const reason = { text: 'Project ended', providerCode: code };
        add('confirm', `with ${code} `, 'active', (api) => api.confirm({ ...confirmed, reason }), { isVariant: true });
      }
    }
    if (options === true) add('options', '', 'active', (api) => api.options(asked));
    if (readBack) add('status', '', 'active', (api) => api.status(asked));
    const refused: { endsWith?: ErrorCode } = takesNoUndo ? { endsWith: 'rejected' } : {};
    if (revoke) add('revoke', '', 'cancelled', (api) => api.revoke(asked), refused);
    return ofService;
  });
  const { check: hasCheck, find: hasFind } = internalsOf(account()) ?? {};
  return [...calls, ...(hasFind === undefined ? [] : [search]), ...(hasCheck === undefined ? [] : [check])];
}

/** Runs one call against the usual answers, but for one operation. A write that is answered well changes the state. */
async function carryOut(
  subject: ContractSubject,
  operations: readonly ApiOperation[],
  call: TriedCall,
  from: ServiceState,
  other?: { readonly operation: string; readonly answer: DocumentedAnswer },
): Promise<Settled & { readonly violations: readonly string[] }> {
  const answered: Answered[] = [];
  const violations: string[] = [];
  let state = from;
  const { fetch } = recordingFetch((request) => {
    const checked = checkRequest(operations, request, subject.signedWith);
    violations.push(...checked.violations);
    const operation = checked.operation?.name ?? `${request.method} ${request.url}`;
    const answer = other?.operation === operation ? other.answer : usualAnswer(subject, operation, state);
    answered.push({ operation, status: answer.status, body: answer.body });
    const isRead = request.method === 'GET' || subject.shows.reads?.includes(operation) === true;
    if (!isRead && answer.status < 300) state = state === 'active' ? 'cancelled' : 'active';
    return responseOf(answer);
  });
  const settled = await call.run(fetch).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  return { operation: call.operation, answered, violations, ...settled };
}

function usualAnswer({ usual }: ContractSubject, operation: string, state: ServiceState): DocumentedAnswer {
  const found = usual[operation];
  // An operation that no call should reach: the test of the requests names it.
  if (found === undefined) return { name: 'not described', status: 404, contentType: undefined };
  const { status, headers, body } = 'active' in found ? found[state] : found;
  return {
    name: 'usual',
    status,
    contentType: headers?.['content-type'] ?? 'application/json',
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
  };
}

function secretsOf({ secrets, tokens = [] }: ContractSubject): readonly string[] {
  return [...secrets, ...tokens];
}

/** The body with the secrets behind each of its texts. */
function withSecrets(body: unknown, secrets: readonly string[]): unknown {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'string' ? `${value} ${secrets.join(' ')}` : value,
  );
  return JSON.parse(text);
}

import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import {
  defineProvider,
  type AbsentVerdict,
  type NoVerdict,
  readBody,
  refused,
  type CancelVerdict,
  type ProviderDefinition,
  type ProviderRequest,
  type ProviderResponse,
  type ProviderTypes,
  tokenRule,
} from 'cancelkit/provider';
import * as v from 'valibot';

/** The configuration, the service and the extras of a provider of version 2. */
export interface Config {
  readonly baseUrl: string;
  readonly token: string;
}
export interface Service {
  readonly server: string;
}
export interface Extras {
  readonly reserve?: boolean | undefined;
}

const TIMINGS = ['earliest', 'on_date', 'immediate'] as const;

/** The definition that the faulty ones vary. */
export type Definition = ProviderDefinition<
  ProviderTypes & {
    configInput: Config;
    config: Config;
    serviceInput: Service;
    service: Service;
    timing: (typeof TIMINGS)[number];
    readBack: true;
    revoke: false;
    options: true;
    confirm: 'immediate';
    extrasInput: Extras;
    extras: Extras;
  }
>;

export type Subject = ConformanceSubject<Config, Service, (typeof TIMINGS)[number]>;

const TOKEN = 'tok_conformance+7/Q&x';

const stateSchema = v.looseObject({
  earliest: v.optional(v.string()),
  cancelled: v.optional(v.nullable(v.string())),
  error: v.optional(v.string()),
});

export const headers = ({ token }: Config): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { authorization: `Bearer ${token}` },
});

export const toRead = ({ server }: Service, config: Config): ProviderRequest => ({
  effect: 'read',
  method: 'GET',
  path: ['servers', server, 'cancellation'],
  ...headers(config),
});

/** What the provider's errors mean, for every operation. */
export function refusalIn(response: ProviderResponse): AbsentVerdict | NoVerdict {
  const error = readBody(response, stateSchema)?.error;
  if (response.status === 404 && error === 'no_server') return { verdict: 'absent' } as const;
  if (response.status === 401 && error !== undefined) return refused('unauthorized', 'The token was refused.');
  if (response.status === 429) return refused('rate_limited', 'Too many requests.');
  if (response.status === 409 && error === 'locked') return refused('not_cancellable', 'The server is locked.');
  return { verdict: 'unrecognized' } as const;
}

export function fromWrite(response: ProviderResponse): CancelVerdict {
  const body = readBody(response, stateSchema);
  if (response.status === 202 && body?.['mailed'] === true)
    return { verdict: 'confirmation_required', sentTo: 'email' };
  if (response.status === 200 && typeof body?.cancelled === 'string') {
    const effectiveAt = { value: body.cancelled, precision: 'date', source: 'provider' } as const;
    return { verdict: 'accepted', outcome: 'scheduled', effectiveAt };
  }
  if (response.status === 409 && body?.error === 'exists') {
    return { verdict: 'duplicate', ambiguous: false, message: 'There is one already.' };
  }
  return refusalIn(response);
}

/** A definition without a fault: it reads first, and refuses a date before the first possible one by itself. */
export const sound: Definition = {
  specVersion: 2,
  id: 'robot',
  capabilities: {
    timings: TIMINGS,
    reason: {
      field: 'no',
      codes: [
        { code: 'dear', label: 'Too dear', categories: ['too_expensive'] },
        { code: 'else', label: 'Something else', categories: ['other'] },
      ],
      codeRequired: true,
    },
    readBack: true,
    revoke: false,
    options: true,
    confirm: 'immediate',
    extras: { reserve: { type: 'boolean', description: 'Keeps the place.' } },
    immediateDestroysData: 'yes',
    recognizesRepeat: 'documented',
  },
  config: v.strictObject(
    {
      baseUrl: v.pipe(v.string('a URL'), v.regex(/^https?:\/\/[^\s/]+$/, 'a URL')),
      token: v.pipe(v.string(tokenRule.expected), v.check(tokenRule.accepts, tokenRule.expected)),
    },
    'an object with only baseUrl and token',
  ),
  env: { baseUrl: 'ROBOT_URL', token: 'ROBOT_TOKEN' },
  service: v.strictObject(
    { server: v.pipe(v.string('an id'), v.regex(/^s\d+$/, 'an id such as s1')) },
    'an object with only server',
  ),
  extras: v.strictObject({ reserve: v.optional(v.boolean('true or false')) }, 'an object with only reserve'),
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: ({ token }) => [token],
  *cancel(order, config) {
    const { service, when, reasonCode, extras } = order;
    const read = yield toRead(service, config);
    const state = readBody(read, stateSchema);
    const { earliest } = state ?? {};
    if (read.status !== 200 || earliest === undefined) return refusalIn(read);
    if (typeof when === 'object' && when.on < earliest) {
      const date = { value: earliest, precision: 'date', source: 'provider' } as const;
      return { verdict: 'refused', code: 'date_too_early', message: 'It is too early.', earliest: date };
    }
    const date = when === 'earliest' ? earliest : typeof when === 'object' ? when.on : 'now';
    const json = { date, code: reasonCode, reserve: extras?.reserve };
    const asked = date === 'now' ? {} : { asksFor: date };
    return fromWrite(
      yield {
        effect: 'write',
        method: 'POST',
        path: ['servers', service.server, 'cancellation'],
        json,
        ...headers(config),
        ...asked,
        serviceSeen: true,
      },
    );
  },
  *confirm({ service, token, reasonCode }, config) {
    return fromWrite(
      yield {
        effect: 'write',
        method: 'POST',
        path: ['servers', service.server, 'confirm'],
        json: { token, code: reasonCode },
        ...headers(config),
      },
    );
  },
  *status(service, config) {
    const read = yield toRead(service, config);
    const state = readBody(read, stateSchema);
    if (read.status !== 200 || state?.cancelled === undefined) return refusalIn(read);
    if (state.cancelled === null) return { verdict: 'found', status: { state: 'none', revocable: false, raw: state } };
    const effectiveAt = { value: state.cancelled, precision: 'date', source: 'provider' } as const;
    return { verdict: 'found', status: { state: 'scheduled', effectiveAt, revocable: false, raw: state } };
  },
  *options(service, config) {
    const read = yield toRead(service, config);
    const state = readBody(read, stateSchema);
    if (read.status !== 200 || state?.earliest === undefined) return refusalIn(read);
    const effectiveAt = { value: state.earliest, precision: 'date', source: 'provider' } as const;
    return {
      verdict: 'offered',
      options: {
        timings: [
          { timing: 'earliest', effectiveAt },
          { timing: 'on_date', from: state.earliest },
        ],
        raw: state,
      },
    };
  },
};

const SOURCE = 'https://robot.example.com/docs';
const free: ConformanceAnswer = { status: 200, body: { earliest: '2098-06-30', cancelled: null } };
const taken: ConformanceAnswer = { status: 200, body: { earliest: '2098-06-30', cancelled: '2099-06-30' } };
const notFound: ConformanceAnswer = { status: 404, body: { error: 'no_server' } };
const earliest = { value: '2098-06-30', precision: 'date', source: 'provider' } as const;

/** A subject with parts of the definition, and of the subject itself, replaced. */
export function robot(definition: Partial<Definition> = {}, subject: Partial<Subject> = {}): Subject {
  return {
    provider: defineProvider({ ...sound, ...definition }),
    config: (baseUrl) => ({ baseUrl, token: TOKEN }),
    secrets: [TOKEN],
    service: { server: 's1' },
    invalidServices: [{ server: '1' }],
    beforeCancel: [free],
    order: { reason: { providerCode: 'dear' } },
    extras: { valid: [{ reserve: true }], invalid: [{ reserve: 'yes' }] },
    fixtures: [
      {
        name: 'a 200 with the date',
        source: SOURCE,
        kind: 'success',
        when: { on: '2099-06-30' },
        answers: [taken],
        expected: { outcome: 'scheduled', warnings: [] },
      },
      {
        name: 'a 409',
        source: SOURCE,
        kind: 'already_cancelled',
        when: { on: '2099-06-30' },
        answers: [{ status: 409, body: { error: 'exists' } }, taken],
        expected: { outcome: 'already_cancelled', warnings: [] },
      },
      {
        name: 'a 404 to the read',
        source: SOURCE,
        kind: 'not_found',
        before: [],
        answers: [notFound],
        expected: { code: 'not_found' },
      },
      {
        name: 'a 404 to the write',
        source: SOURCE,
        kind: 'not_found',
        answers: [notFound],
        expected: { code: 'not_found' },
      },
      {
        name: 'a 401',
        source: SOURCE,
        kind: 'unauthorized',
        answers: [{ status: 401, body: { error: 'token' } }],
        expected: { code: 'unauthorized' },
      },
      {
        name: 'a 429',
        source: SOURCE,
        kind: 'rate_limited',
        answers: [{ status: 429, body: { error: 'rate' } }],
        expected: { code: 'rate_limited' },
      },
      {
        name: 'a 409 of a locked server',
        source: SOURCE,
        kind: 'refusal',
        answers: [{ status: 409, body: { error: 'locked' } }],
        expected: { code: 'not_cancellable' },
      },
      {
        name: 'a date that is too early',
        source: SOURCE,
        kind: 'refusal',
        when: { on: '2098-06-29' },
        before: [],
        answers: [free],
        expected: { code: 'date_too_early', earliest },
      },
      {
        name: 'a 202 for now',
        source: SOURCE,
        kind: 'other',
        when: 'immediate',
        answers: [{ status: 202, body: { mailed: true } }],
        expected: { code: 'confirmation_required', confirmation: { sentTo: 'email' } },
      },
      {
        name: 'a 500',
        source: SOURCE,
        kind: 'server_error',
        answers: [{ status: 500, body: { error: 'fault' } }],
        expected: { code: 'outcome_unknown' },
      },
    ],
    statusFixtures: [
      { name: 'no cancellation', source: SOURCE, answers: [free], expected: { state: 'none' } },
      { name: 'a cancellation', source: SOURCE, answers: [taken], expected: { state: 'scheduled' } },
      { name: 'a 404', source: SOURCE, answers: [notFound], expected: { code: 'not_found' } },
    ],
    optionsFixtures: [
      {
        name: 'a server',
        source: SOURCE,
        answers: [free],
        expected: {
          timings: [
            { timing: 'earliest', effectiveAt: earliest },
            { timing: 'on_date', from: '2098-06-30' },
          ],
        },
      },
      { name: 'a 404', source: SOURCE, answers: [notFound], expected: { code: 'not_found' } },
    ],
    confirmFixtures: [
      { name: 'a 200', source: SOURCE, answers: [taken], expected: { outcome: 'scheduled' } },
      {
        name: 'a 409 of a locked server',
        source: SOURCE,
        answers: [{ status: 409, body: { error: 'locked' } }],
        expected: { code: 'not_cancellable' },
      },
    ],
    ...subject,
  };
}

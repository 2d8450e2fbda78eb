import type { CancellationStatus } from 'cancelkit';
import type {
  CancelVerdict,
  Exchange,
  ProviderRequest,
  ProviderResponse,
  RevokeVerdict,
  StandardSchema,
  StatusVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';
import type { Config } from '../../examples/provider-template/config.ts';
import { fixtures, statusFixtures } from '../../examples/provider-template/fixtures.ts';
import { toCancelRequest, toRevokeRequest, toStatusRequest } from '../../examples/provider-template/request.ts';
import {
  fromCancelResponse,
  fromRevokeResponse,
  fromStatusResponse,
} from '../../examples/provider-template/response.ts';
import type { Service } from '../../examples/provider-template/service.ts';
import type { SampleSubject } from './collect-checks.ts';
import { capable, sample, token, type SampleDefinition } from './sample-subject.ts';

/** A subject with one fault, and the checks that must find it. */
export interface Faulty {
  readonly fault: string;
  readonly subject: SampleSubject;
  /** Each matches the names of one or more checks, every one of which must fail. */
  readonly found: readonly RegExp[];
}

type Order = Parameters<SampleDefinition['cancel']>[0];
type JsonRequest = Extract<ProviderRequest, { json: unknown }>;

/** A definition whose request, or whose judgement, is another one. */
function asking(
  change: (request: JsonRequest, order: Order, config: Config) => ProviderRequest,
): Partial<SampleDefinition> {
  return {
    *cancel(order, config) {
      return fromCancelResponse(yield change(jsonRequest(order, config), order, config));
    },
  };
}

function judging(judge: (response: ProviderResponse, config: Config) => CancelVerdict): Partial<SampleDefinition> {
  return {
    *cancel(order, config) {
      return judge(yield toCancelRequest(order, config), config);
    },
  };
}

function reading(judge: (response: ProviderResponse) => StatusVerdict): Partial<SampleDefinition> {
  return {
    *status(service, config, { providerReference }) {
      return judge(yield toStatusRequest(service, config, providerReference));
    },
  };
}

function undoing(judge: (response: ProviderResponse) => RevokeVerdict): Partial<SampleDefinition> {
  return {
    *revoke(service, config) {
      return judge(yield toRevokeRequest(service, config));
    },
  };
}

/** What JavaScript can say of a request although the types refuse it. */
function called(effect: 'read', request: ProviderRequest): ProviderRequest {
  // @ts-expect-error only a GET or a POST can be a read
  return { ...request, effect };
}

/** A read-back that says something else of whether a cancellation can be undone. */
function revocable(change: (status: CancellationStatus) => boolean): Partial<SampleDefinition> {
  return reading((response) => {
    const verdict = fromStatusResponse(response);
    if (verdict.verdict !== 'found') return verdict;
    return { ...verdict, status: { ...verdict.status, revocable: change(verdict.status) } };
  });
}

function jsonRequest(order: Order, config: Config): JsonRequest {
  const request = toCancelRequest(order, config);
  if (!('json' in request)) throw new TypeError('the template sends JSON');
  return request;
}

const anyId: StandardSchema<Service> = v.strictObject({ subscriptionId: v.string('an id') }, 'an object with an id');
const unchecked = <Value>(is: (value: unknown) => value is Value): StandardSchema<Value> =>
  v.custom<Value>(is, 'something else');
const isService = (value: unknown): value is Service => typeof value === 'object' && value !== null;
const isConfig = (value: unknown): value is Config => typeof value === 'object' && value !== null;
const none: StatusVerdict = { verdict: 'found', status: { state: 'none', revocable: false, raw: null } };
const asksNothing: Partial<SampleDefinition> = {
  *status() {
    return none;
  },
};
const refused = (code: 'rejected' | 'not_found' | 'unauthorized'): CancelVerdict => ({
  verdict: 'refused',
  code,
  message: 'no',
});
const withoutKind = (kind: string): Partial<SampleSubject> => ({
  fixtures: fixtures.filter((fixture) => fixture.kind !== kind),
});
let counter = 0;

/** What goes wrong in the description of a provider and in what it is tried with. */
const misdescribed: readonly Faulty[] = [
  { fault: 'has no fixture of a 429', subject: sample({}, withoutKind('rate_limited')), found: [/every kind$/] },
  {
    fault: 'expects a success of what it calls a refusal',
    subject: sample({}, { fixtures: fixtures.map((fixture) => ({ ...fixture, kind: 'refusal' as const })) }),
    found: [/what its kind means$/],
  },
  {
    fault: 'has no answer to a read-back that shows a cancellation, although one shows an uncancelled service',
    subject: sample({}, { statusFixtures: statusFixtures.filter(({ expected }) => isNone(expected)) }),
    found: [/answers to a read-back exactly/],
  },
  {
    fault: 'has a secret of four characters',
    subject: sample({}, { secrets: ['abcd'] }),
    found: [/told from other text$/],
  },
  {
    fault: 'has no answer to a read-back',
    subject: sample({}, { statusFixtures: [] }),
    found: [/answers to a read-back exactly/],
  },
  {
    fault: 'undoes a cancellation that it says cannot be undone',
    subject: sample({}, { takesNoUndo: true }),
    found: [/refuses to undo it for this service/, /answers to an undo exactly/, /can be undone only of one/],
  },
  {
    fault: 'lists a timing twice',
    subject: sample({ capabilities: capable({ timings: ['immediate', 'immediate'] }) }),
    found: [/valid plain data$/],
  },
  {
    fault: 'gives an example of a service that it does not take',
    subject: sample({ serviceForms: [{ example: { subscriptionId: 'svc_1' } }] }),
    found: [/examples of its service forms$/],
  },
  {
    fault: 'knows a plain id by something else than its example',
    subject: sample({ serviceForms: [{ example: { subscriptionId: 'sub_8f2k' }, plainId: /^svc_/ }] }),
    found: [/examples of its service forms$/],
  },
  {
    fault: 'denies that it recognizes a repeat',
    subject: sample({ capabilities: capable({ recognizesRepeat: 'no' }) }),
    found: [/recognizes a repeated cancellation/],
  },
  {
    fault: 'recognizes no repeat, though it says so',
    subject: sample({}, withoutKind('already_cancelled')),
    found: [/recognizes a repeated cancellation/],
  },
  {
    fault: 'offers timings that it then fails on',
    subject: sample(
      asking(() => {
        throw new Error('cannot do that');
      }),
    ),
    found: [/^capabilities: builds and sends a request for/],
  },
  {
    fault: 'hides a timing that it takes',
    subject: relabelled({ capabilities: capable({ timings: ['end_of_period'] }) }),
    found: [/refuses immediate as unsupported/],
  },
  {
    fault: 'hides that it can read back',
    subject: relabelled({ capabilities: capable({ readBack: false }) }),
    found: [/refuses to read back as unsupported/, /^lost answers: does not know the outcome/],
  },
  {
    fault: 'hides that it can undo',
    subject: relabelled({ capabilities: capable({ revoke: false }) }),
    found: [/refuses to undo as unsupported/, /says that a cancellation can be undone only/],
  },
  {
    fault: 'claims that it can undo',
    subject: (() => {
      const { provider } = sample({ capabilities: capable({ revoke: false }) });
      return relabelled({ account: (config) => provider.account(config) });
    })(),
    found: [/^undo: a 200 to an undo/, /undoes nothing if there is nothing/],
  },
  {
    fault: 'has no answer to an undo',
    subject: sample({}, { revokeFixtures: [] }),
    found: [/answers to an undo exactly/],
  },
  {
    fault: 'has answers to an undo that it does not offer',
    subject: sample({ capabilities: capable({ revoke: false }) }),
    found: [/answers to an undo exactly/],
  },
  {
    fault: 'fails if it is asked where to look',
    subject: sample({
      whereToLook: () => {
        throw new Error('not known');
      },
    }),
    found: [/where to look: says where to look/],
  },
  {
    fault: 'sends a person to an address in clear text',
    subject: sample({
      whereToLook: () => ({ steps: ['Look.'], url: 'http://panel.example.com/', source: 'inferred' }),
    }),
    found: [/where to look: says where to look/],
  },
  {
    fault: 'puts its token into the address that a person is sent to',
    subject: sample({
      whereToLook: (_, config) => ({
        steps: ['Look.'],
        url: `https://panel.example.com/?t=${encodeURIComponent(config.token)}`,
        source: 'inferred',
      }),
    }),
    found: [/where to look: puts no secret/, /where to look: says where to look/],
  },
  {
    fault: 'sends a person elsewhere each time',
    subject: sample({ whereToLook: () => ({ steps: [`Look at ${Math.random()}.`], source: 'inferred' }) }),
    found: [/where to look: says to look at the same/],
  },
];

/** What goes wrong in the names of services. */
const misnamed: readonly Faulty[] = [
  {
    fault: 'names all services by the same key',
    subject: sample({ serviceKey: () => 'subscription' }),
    found: [/names each service by a key of its own$/],
  },
  {
    fault: 'joins an object into the key',
    // What joining the reference into a text gives, whichever service it is.
    subject: sample({ serviceKey: () => 'of [object Object]' }),
    found: [/names each service by a key of its own$/],
  },
  {
    fault: 'cuts the key',
    subject: sample({ serviceKey: ({ subscriptionId }) => subscriptionId.slice(0, 3) }),
    found: [/names each service by a key of its own$/],
  },
];

/** What goes wrong in the requests. */
const misasked: readonly Faulty[] = [
  {
    fault: 'ignores the timing',
    subject: sample(asking((request) => ({ ...request, json: { timing: 'now' } }))),
    found: [/different request for each timing$/, /sends the reason that was given$/],
  },
  {
    fault: 'sends a reason that it says it has no field for',
    subject: sample({
      ...asking((request, { reason }) => ({ ...request, json: { note: reason.text } })),
      capabilities: capable({ reason: { field: 'no' } }),
    }),
    found: [/has no field for a reason/],
  },
  {
    fault: 'sends a reason code and does not say so',
    subject: sample(asking((request, { reason }) => ({ ...request, json: { code: reason.providerCode } }))),
    found: [/the reason code that was given exactly if it says so$/],
  },
  {
    fault: 'says that it sends a reason code, and does not',
    subject: sample({ capabilities: capable({ reason: { field: 'optional', maxLength: 500, providerCode: true } }) }),
    found: [/the reason code that was given exactly if it says so$/],
  },
  {
    fault: 'sends the reason only if one was given, though one is required',
    subject: sample({
      ...asking((request, { reason }) => ({ ...request, json: { note: reason.text } })),
      capabilities: capable({ reason: { field: 'required' } }),
    }),
    found: [/a reason also if none was given$/],
  },
  {
    fault: 'fails without a reason that is optional',
    subject: sample(asking((request, { reasonText }) => ({ ...request, json: { note: must(reasonText) } }))),
    found: [/can be called without a reason$/],
  },
  {
    fault: 'sends the reason uncut',
    subject: sample(asking((request, { reason }) => ({ ...request, json: { note: reason.text } }))),
    found: [/no reason longer than 500/],
  },
  {
    fault: 'calls the POST that cancels a read',
    subject: sample(asking((request) => ({ ...request, method: 'POST', effect: 'read' }))),
    found: [/^answers: .*requested$/, /^the network: .*reset after/],
  },
  {
    fault: 'calls the DELETE that cancels a read',
    subject: sample(asking((request) => called('read', { ...request, method: 'DELETE', effect: 'write' }))),
    found: [/^answers: .*requested$/, /^the network: .*reset after/],
  },
  {
    fault: 'changes the service reference that it is given',
    subject: sample({
      config: unchecked(isConfig),
      ...asking((request, _order, config) => {
        Object.assign(config, { used: true });
        return request;
      }),
    }),
    found: [/leaves the order and the configuration unchanged$/],
  },
  {
    fault: 'sends the date',
    subject: sample(
      asking((request) => ({ ...request, headers: { ...request.headers, 'x-date': new Date().toISOString() } })),
    ),
    found: [/previews the same request on another day/, /sends the same requests for the same order$/],
  },
  {
    fault: 'sends a random number',
    subject: sample(
      asking((request) => ({ ...request, headers: { ...request.headers, 'x-id': String(Math.random()) } })),
    ),
    found: [/with other random numbers$/, /sends the same requests/, /previews exactly what it sends$/],
  },
  {
    fault: 'counts its calls',
    subject: sample(asking((request) => ({ ...request, query: { n: String((counter += 1)) } }))),
    found: [/sends the same requests/, /previews exactly what it sends$/],
  },
  {
    fault: 'writes the id into the path unchanged',
    subject: sample({
      service: anyId,
      ...asking((request, { service }) => ({
        ...request,
        path: `v1/subscriptions/${service.subscriptionId}`.split('/'),
      })),
    }),
    found: [/an id that holds a slash$/],
  },
  {
    fault: 'makes an unsound id sound',
    subject: sample({
      service: anyId,
      ...asking((request, { service }) => ({ ...request, path: ['v1', clean(service.subscriptionId)] })),
    }),
    found: [/an id that holds/],
  },
  {
    fault: 'takes what is half of a character out of an id of the read-back',
    subject: sample({
      service: anyId,
      *status({ subscriptionId }, config) {
        return fromStatusResponse(yield toStatusRequest({ subscriptionId: clean(subscriptionId) }, config));
      },
    }),
    found: [/an id that holds half a character$/],
  },
  {
    fault: 'writes the providerReference into the path unchanged',
    subject: sample({
      *status(service, config, { providerReference = 'current' }) {
        const { headers = {} } = toStatusRequest(service, config);
        const path = `v1/cancellations/${providerReference}`.split('/');
        return fromStatusResponse(yield { method: 'GET', effect: 'read', path, headers });
      },
    }),
    found: [/for a providerReference that is none$/],
  },
  {
    fault: 'makes an unsound id of an undo sound',
    subject: sample({
      service: anyId,
      *status({ subscriptionId }, config) {
        const { headers = {} } = toStatusRequest({ subscriptionId }, config);
        const query = { subscription: subscriptionId };
        return fromStatusResponse(
          yield { method: 'GET', effect: 'read', path: ['v1', 'cancellations'], headers, query },
        );
      },
      *revoke({ subscriptionId }, config) {
        return fromRevokeResponse(yield toRevokeRequest({ subscriptionId: clean(subscriptionId) }, config));
      },
    }),
    found: [/an id that holds/],
  },
  {
    fault: 'sends a random number with an undo',
    subject: sample({
      *revoke(service, config) {
        const request = toRevokeRequest(service, config);
        const headers = { ...request.headers, 'x-id': String(Math.random()) };
        return fromRevokeResponse(yield { ...request, headers });
      },
    }),
    found: [/sends the same requests for the same order$/],
  },
  {
    fault: 'sends the token in the URL of an undo',
    subject: sample({
      *revoke(service, config) {
        return fromRevokeResponse(yield { ...toRevokeRequest(service, config), query: { key: config.token } });
      },
    }),
    found: [/never in the URL$/],
  },
  {
    fault: 'names no secret',
    subject: sample({ secrets: () => [] }),
    found: [/no secret in a preview$/, /in a new field, a header/, /echoes among its own words$/],
  },
  {
    fault: 'sends the token in the URL',
    subject: sample(asking((request, _order, config) => ({ ...request, query: { key: config.token } }))),
    found: [/never in the URL$/],
  },
  {
    fault: 'sends no credentials',
    subject: sample({
      ...asking((request) => ({ ...request, headers: {} })),
      ...asksNothing,
    }),
    found: [/gives the server its credentials/],
  },
  {
    fault: 'leaves its configuration open to sight',
    subject: wrapped((account, config) => ({ ...account, config })),
    found: [/where no inspection of the account shows it$/],
  },
];

/** What goes wrong with input. */
const miscarried: readonly Faulty[] = [
  {
    fault: 'takes any object for a service',
    subject: sample({ service: unchecked(isService) }),
    found: [/what is no service reference/, /with a key that it does not know$/, /with a value of the wrong type$/],
  },
  {
    fault: 'says what it received',
    subject: sample(
      {
        service: v.strictObject({ subscriptionId: v.string(({ input }) => `a text instead of ${String(input)}`) }),
      },
      { invalidServices: [] },
    ),
    found: [/with a value of the wrong type$/],
  },
  {
    fault: 'takes any configuration',
    subject: sample({ config: unchecked(isConfig) }),
    found: [/if the environment is empty/, /if a function gives nothing$/, /without an option that it needs/],
  },
  {
    fault: 'declares no environment variable',
    subject: sample({ env: {} }),
    found: [/if the environment is empty/],
  },
  {
    fault: 'names no option that is missing',
    subject: sample({
      config: v.pipe(
        v.custom<Config>(isConfig),
        v.check((config) => config.token !== undefined, 'all options'),
      ),
    }),
    found: [/if the environment is empty/, /without an option that it needs/],
  },
  {
    fault: 'says what is wrong with a configuration in base64',
    subject: sample({ config: v.strictObject({ baseUrl: v.string(inBase64), token: v.string(inBase64) }) }),
    found: [/never repeats a configuration that it refuses$/],
  },
  {
    fault: 'takes a token with the line break of the file that it came from',
    subject: sample({ config: unchecked(isConfig) }),
    found: [/a secret has white space or invisible characters around it$/],
  },
  {
    fault: 'takes a variable that nothing has replaced for a token',
    subject: sample({ config: unchecked(isConfig) }),
    found: [/a variable in a secret was not replaced$/],
  },
  {
    fault: 'reads its environment too early',
    subject: wrapped((_account, config) =>
      sample().provider.account(config ?? { baseUrl: 'http://127.0.0.1:3', token }),
    ),
    found: [/reads its environment variables at the time of the call$/],
  },
];

/** What goes wrong in judging answers. */
const misjudged: readonly Faulty[] = [
  {
    fault: 'claims success on any 2xx',
    subject: sample(
      judging(({ status }) => (status < 300 ? { verdict: 'accepted', outcome: 'completed' } : refused('rejected'))),
    ),
    found: [
      /^answers that are none: does not know the outcome after/,
      /takes no HTML for a success/,
      /a 404: not_found$/,
    ],
  },
  {
    fault: 'refuses whatever it does not know',
    subject: sample(
      judging((response) => (response.status === 201 ? fromCancelResponse(response) : refused('rejected'))),
    ),
    found: [
      /^answers: a (?:409|404|401|403|429|500).*: (?!rejected)/,
      /fails with what would be a success$/,
      /firewall/,
    ],
  },
  {
    fault: 'accepts nothing',
    subject: sample(judging(() => refused('rejected'))),
    found: [/^answers: a 201/, /leaves the order and the configuration/],
  },
  {
    fault: 'says that every refusal is about the service',
    subject: sample(judging(({ status }) => (status === 422 ? refused('not_found') : { verdict: 'unrecognized' }))),
    found: [/^answers: a 422: rejected$/],
  },
  {
    fault: 'takes every 403 for bad credentials',
    subject: sample(
      judging((response) => (response.status === 403 ? refused('unauthorized') : fromCancelResponse(response))),
    ),
    found: [/firewall/, /a 403 for a token/],
  },
  {
    fault: 'takes every 404 for an unknown service',
    subject: sample(
      judging((response) => (response.status === 404 ? refused('not_found') : fromCancelResponse(response))),
    ),
    found: [/web server’s 404/],
  },
  {
    fault: 'fails on a body without fields',
    subject: sample(
      judging((response) => {
        if (response.body.kind === 'json') Object.keys(v.parse(v.object({}), response.body.value));
        return fromCancelResponse(response);
      }),
    ),
    found: [/^answers that are none: .* an answer of (?:null|a JSON text|a number or a truth value)$/],
  },
  {
    fault: 'cancels twice',
    subject: sample({
      *cancel(order, config) {
        yield toCancelRequest(order, config);
        return fromCancelResponse(yield toCancelRequest(order, config));
      },
    }),
    found: [/^answers: a 201/],
  },
  {
    fault: 'puts its token into a message',
    subject: sample({
      secrets: () => [],
      ...judging((response, config) => {
        const verdict = fromCancelResponse(response);
        return verdict.verdict === 'refused' ? { ...verdict, message: `${config.token} is wrong` } : verdict;
      }),
    }),
    found: [/^what comes out: shows no secret in any result or error$/],
  },
  {
    fault: 'is called like a word that customers read',
    subject: sample({ id: 'support' }),
    found: [/tells end customers nothing/],
  },
];

/** What goes wrong in a read-back. */
const misread: readonly Faulty[] = [
  {
    fault: 'says none where it cannot read',
    subject: sample(
      reading((response) => {
        const verdict = fromStatusResponse(response);
        return verdict.verdict === 'unrecognized' ? none : verdict;
      }),
    ),
    found: [/^read-back: never takes/],
  },
  {
    fault: 'always says none',
    subject: sample(reading(() => none)),
    found: [/^read-back: a cancellation/, /^read-back: an unknown subscription/, /a 409 for a cancellation/],
  },
  {
    fault: 'never finds anything',
    subject: sample(reading(() => ({ verdict: 'unrecognized' }))),
    found: [/^read-back: no cancellation: none$/],
  },
  {
    fault: 'takes every 404 for an unknown service',
    subject: sample(
      reading((response) =>
        response.status === 404
          ? { verdict: 'refused', code: 'not_found', message: 'gone' }
          : fromStatusResponse(response),
      ),
    ),
    found: [/a page in HTML for “not cancelled”/],
  },
  {
    fault: 'cancels in order to see whether it is cancelled',
    subject: sample({
      *status(service, config): Exchange<StatusVerdict> {
        const order = { service, when: 'immediate', reasonText: undefined, reason: {}, reference: undefined } as const;
        return fromStatusResponse(yield called('read', toCancelRequest(order, config)));
      },
    }),
    found: [/^read-back: only reads$/],
  },
  {
    fault: 'deletes in order to see whether it is there',
    subject: sample({
      *status(service, config) {
        const { path, headers = {} } = toStatusRequest(service, config);
        return fromStatusResponse(yield called('read', { method: 'DELETE', effect: 'write', path, headers, json: {} }));
      },
    }),
    found: [/^read-back: only reads$/],
  },
];

/** What goes wrong in an undo. */
const misundone: readonly Faulty[] = [
  {
    fault: 'takes whatever it is answered for an undo that is queued',
    subject: sample(undoing(() => ({ verdict: 'accepted', outcome: 'requested' }))),
    found: [
      /^undo: a 200/,
      /^undo: a 409/,
      /^undo: does not know the outcome after an answer of (?:nothing|HTML|XML|null|an array)$/,
      /^undo: reads the state back if the answer cannot be read/,
    ],
  },
  {
    fault: 'takes whatever it does not know for a refusal',
    subject: sample(
      undoing((response) => {
        const verdict = fromRevokeResponse(response);
        return verdict.verdict === 'accepted' ? verdict : { verdict: 'refused', code: 'rejected', message: 'no' };
      }),
    ),
    found: [
      /^undo: does not know the outcome after/,
      /^undo: a 500/,
      /^undo: reads the state back if the (?:server fails|answer cannot be read)/,
    ],
  },
  {
    fault: 'undoes twice',
    subject: sample({
      *revoke(service, config) {
        yield toRevokeRequest(service, config);
        return fromRevokeResponse(yield toRevokeRequest(service, config));
      },
    }),
    found: [/^undo: a 200/, /^undo: a 500/, /^undo: says that it is undone only if/],
  },
  {
    fault: 'undoes without a write',
    subject: sample({
      *revoke(service, config) {
        return fromRevokeResponse(yield called('read', toRevokeRequest(service, config)));
      },
    }),
    found: [/^undo: reads the state back if the connection is reset/],
  },
  {
    fault: 'never says that a cancellation can be undone',
    subject: sample(revocable(() => false)),
    found: [/says that a cancellation can be undone only/],
  },
  {
    fault: 'says that what is over can be undone',
    subject: sample(revocable(({ state }) => state !== 'none')),
    found: [/says that a cancellation can be undone only/],
  },
  {
    fault: 'says that a cancellation can be undone, though it cannot do that',
    subject: sample({ capabilities: capable({ revoke: false }), ...revocable(({ state }) => state === 'scheduled') }),
    found: [/says that a cancellation can be undone only/],
  },
];

/** What goes wrong if a cancellation is read back. */
const misreconciled: readonly Faulty[] = [
  {
    fault: 'gives a reference that it does not take',
    subject: sample(
      judging((response) => {
        const verdict = fromCancelResponse(response);
        return verdict.verdict === 'accepted' ? { ...verdict, providerReference: 'no 1' } : verdict;
      }),
    ),
    found: [/reads back what was accepted/],
  },
  {
    fault: 'refuses where it does not know',
    subject: sample(
      judging((response) => {
        const verdict = fromCancelResponse(response);
        return verdict.verdict === 'unrecognized' ? refused('rejected') : verdict;
      }),
    ),
    found: [/^lost answers: reads the state back if the (?:server fails|answer cannot be read)/],
  },
  {
    fault: 'says none to who asks for the state',
    subject: sample(
      reading(() => none),
      { statusFixtures: statusFixtures.filter(({ name }) => name.startsWith('no ')) },
    ),
    found: [/answers to a read-back exactly/, /^answers: a 500, and the cancellation/],
  },
];

/** Every faulty subject. */
export const faultySubjects: readonly Faulty[] = [
  {
    fault: 'makes headers by chance',
    subject: sample({ specVersion: 2, access: { headers: () => ({ 'x-nonce': String(Math.random()) }) } }),
    found: [/access: makes the same headers/],
  },
  {
    fault: 'obtains a token, and comes without the answers to a login',
    subject: sample({
      specVersion: 2,
      access: {
        *obtain() {
          yield { method: 'GET', effect: 'read', path: ['login'] };
          return { verdict: 'granted', token: 'token-1' };
        },
        headers: () => ({}),
      },
    }),
    found: [/access: has a login/],
  },

  ...misnamed,
  ...misdescribed,
  ...misasked,
  ...miscarried,
  ...misjudged,
  ...misread,
  ...misundone,
  ...misreconciled,
];

/** A provider that says something else of itself than its accounts do. */
function relabelled(parts: Partial<SampleSubject['provider']>): SampleSubject {
  const subject = sample();
  return { ...subject, provider: { ...subject.provider, ...parts } };
}

function wrapped(
  wrap: (
    account: ReturnType<SampleSubject['provider']['account']>,
    config: Parameters<SampleSubject['provider']['account']>[0],
  ) => ReturnType<SampleSubject['provider']['account']>,
): SampleSubject {
  const { provider } = sample();
  return relabelled({ account: (config) => wrap(provider.account(config), config) });
}

function inBase64({ input }: { readonly input: unknown }): string {
  return Buffer.from(String(input)).toString('base64');
}

function clean(id: string): string {
  return id.replace(/[^a-z0-9]/g, '') || 'all';
}

function must(text: string | undefined): string {
  if (text === undefined) throw new TypeError('no text');
  return text;
}

function isNone(expected: (typeof statusFixtures)[number]['expected']): boolean {
  return 'state' in expected ? expected.state === 'none' : expected.code === 'not_found';
}

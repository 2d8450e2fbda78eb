import { vi } from 'vitest';
import type * as PrepareCallModule from '../../src/accounts/open-call.ts';
import type * as CancelRequestModule from '../../src/call/check-request.ts';
import type * as WhenModule from '../../src/contract/when.ts';
import type * as PreviewModule from '../../src/outcome/preview.ts';
import type * as ReadBackModule from '../../src/outcome/read-back.ts';
import type * as ReadStatusModule from '../../src/outcome/read-status.ts';
import type * as RedactorModule from '../../src/privacy/redactor.ts';
import type * as RetryPolicyModule from '../../src/sending/retry-policy.ts';
import type * as SendModule from '../../src/sending/send.ts';
import type { SendResult } from '../../src/sending/send.ts';
import type { SampleSubject } from './collect-checks.ts';
import { sample, sound } from './sample-subject.ts';

/** A guard of the core that is taken away, and the checks that must find it missing. */
export interface BrokenCore {
  readonly fault: string;
  /** Takes the guard away from what is imported from then on. */
  readonly install: () => void;
  /** Each matches the names of one or more checks, every one of which must fail. */
  readonly found: readonly RegExp[];
  /** Default: the sound one. */
  readonly subject?: SampleSubject;
}

type Send = typeof SendModule.send;

function sending(change: (send: Send) => Send): () => void {
  return () =>
    void vi.doMock('../../src/sending/send.ts', async (importOriginal) => {
      const original = await importOriginal<typeof SendModule>();
      return { ...original, send: change(original.send) };
    });
}

/** Sends as it should, and then tells something else of it. */
function telling(change: (sent: SendResult) => SendResult): () => void {
  return sending(
    (send) =>
      async (...parts) =>
        change(await send(...parts)),
  );
}

/** Sends again as this says. */
function repeating(retryDelay: typeof RetryPolicyModule.retryDelay): () => void {
  return () => void vi.doMock('../../src/sending/retry-policy.ts', () => ({ retryDelay }));
}

/** What {@link BrokenCore.install} replaces. */
export const mockedModules: readonly string[] = [
  'sending/send',
  'sending/retry-policy',
  'accounts/open-call',
  'privacy/redactor',
  'call/check-request',
  'contract/when',
  'outcome/preview',
  'outcome/read-back',
  'outcome/read-status',
].map((name) => `../../src/${name}.ts`);

/** The broken cores. */
export const brokenCores: readonly BrokenCore[] = [
  {
    fault: 'follows redirects',
    install: sending(
      (send) => (request, limit, _choice, isFresh) =>
        send(request, limit, { fetch: (input, init) => fetch(input, { ...init, redirect: 'follow' }) }, isFresh),
    ),
    found: [/does not follow a/],
  },
  {
    fault: 'takes a lost answer for proof that nothing was sent',
    install: telling((sent) => (sent.kind === 'lost' ? { kind: 'not_sent', why: 'no answer', end: undefined } : sent)),
    found: [/^the network: does not know the outcome/],
  },
  {
    fault: 'takes a lost answer for an empty one',
    install: telling((sent) =>
      sent.kind === 'lost'
        ? {
            kind: 'answered',
            repeated: false,
            response: {
              status: 201,
              headers: {},
              body: { kind: 'json', value: { cancellation: { id: 'x', timing: 'now' } } },
            },
          }
        : sent,
    ),
    found: [/^the network: does not know the outcome/],
  },
  {
    fault: 'sends again where the answer was lost',
    install: sending((send) => async (...parts) => {
      const sent = await send(...parts);
      if (sent.kind !== 'lost') return sent;
      await globalThis.fetch(parts[0].url, { ...parts[0], body: parts[0].body ?? null }).catch(() => undefined);
      return sent;
    }),
    found: [/reset after the send, and has sent once/, /cut within the answer, and has sent once/],
  },
  {
    fault: 'sends everything twice',
    install: sending((send) => async (...parts) => {
      await send(...parts);
      return send(...parts);
    }),
    found: [/^answers: a 401/, /^answers: a 500/, /aborted after the send/],
  },
  {
    fault: 'does not know a refused connection',
    install: telling((sent) => (sent.kind === 'not_sent' ? { kind: 'lost', reason: 'connection_lost' } : sent)),
    found: [/unavailable if the connection is refused$/],
  },
  {
    fault: 'forgets the signal',
    install: () =>
      void vi.doMock('../../src/accounts/open-call.ts', async (importOriginal) => {
        const original = await importOriginal<typeof PrepareCallModule>();
        const openCall: typeof original.openCall = (accounts, defaults, call, input) =>
          original.openCall(accounts, defaults, call, { ...input, options: {} });
        return { ...original, openCall };
      }),
    found: [/signal says so beforehand/, /aborted after the send/],
  },
  {
    fault: 'lets the answer trickle in for ever',
    install: sending((send) => async (request, limit, ...rest) => {
      const sent = await send(request, limit, ...rest);
      if (limit.end === 'timeout') await new Promise((resolve) => setTimeout(resolve, 3000));
      return sent;
    }),
    found: [/trickles in, and gives up in time/, /no answer comes in time/],
  },
  {
    fault: 'redacts nothing',
    install: () =>
      void vi.doMock('../../src/privacy/redactor.ts', async (importOriginal) => {
        const original = await importOriginal<typeof RedactorModule>();
        class Redactor extends original.Redactor {
          override text(text: string): string {
            return text;
          }
        }
        return { ...original, Redactor };
      }),
    found: [/no secret in a preview$/, /echoes among its own words$/, /echoes in a new field/],
  },
  {
    fault: 'takes any order',
    install: () =>
      void vi.doMock('../../src/call/check-request.ts', async (importOriginal) => {
        const original = await importOriginal<typeof CancelRequestModule>();
        const checked = original.cancelRequestSchema()['~standard'];
        const order = {
          account: 'conformance-account',
          service: { subscriptionId: 'sub_1' },
          when: 'immediate',
        } as const;
        const validate: typeof checked.validate = () => ({
          value: { ...order, reason: undefined, reference: undefined, extras: undefined },
        });
        return { ...original, cancelRequestSchema: () => ({ '~standard': { ...checked, validate } }) };
      }),
    found: [/an order without a valid timing$/, /an order that is none/],
  },
  {
    fault: 'takes a timing that the provider does not offer',
    install: () =>
      void vi.doMock('../../src/contract/when.ts', async (importOriginal) => {
        const original = await importOriginal<typeof WhenModule>();
        return { ...original, timingOf: () => 'immediate' };
      }),
    found: [/refuses every other timing as unsupported/],
  },
  {
    fault: 'previews another address than it sends to',
    install: () =>
      void vi.doMock('../../src/outcome/preview.ts', async (importOriginal) => {
        const original = await importOriginal<typeof PreviewModule>();
        const previewOf: typeof original.previewOf = (exchange, call, route) => {
          const preview = original.previewOf(exchange, call, route);
          return { ...preview, url: `${preview.url}?preview=true` };
        };
        return { ...original, previewOf };
      }),
    found: [/previews exactly what it sends$/],
  },
  {
    fault: 'judges a failing server by its words',
    install: telling((sent) =>
      sent.kind === 'answered' && sent.response.status >= 500
        ? { ...sent, response: { ...sent.response, status: 201 } }
        : sent,
    ),
    found: [/fails with what would be a success$/],
  },
  {
    fault: 'never sends anything again',
    install: repeating(() => undefined),
    found: [
      /unavailable if the connection is refused$/,
      /sends again if the connection was refused/,
      /sends again what was not processed/,
    ],
  },
  {
    fault: 'sends everything again, whatever became of it',
    install: repeating(({ repeated }) => (repeated < 1 ? 0 : undefined)),
    found: [
      /^answers: a 500/,
      /tried again after too many requests/,
      /fails with what would be a success$/,
      /reset after the send, and has sent once/,
      /^answers that are none: does not know the outcome after/,
      /^lost answers: reads the state back if the (?:connection|server)/,
      /^undo: reads the state back if the (?:connection|server)/,
    ],
  },
  {
    fault: 'sends again without an end',
    install: repeating(({ failure, repeated }) =>
      repeated < 9 && ['not_sent', 'unprocessed'].includes(failure) ? 0 : undefined,
    ),
    found: [/unavailable if the connection is refused$/, /sends again what was not processed/, /^answers: a 429/],
  },
  {
    fault: 'never reads a cancellation back',
    install: () =>
      void vi.doMock('../../src/outcome/read-back.ts', async (importOriginal) => {
        const original = await importOriginal<typeof ReadBackModule>();
        const reconcileUnknown: typeof original.reconcileUnknown = (_cancellation, { error }) => Promise.reject(error);
        return { ...original, reconcileUnknown };
      }),
    found: [/^lost answers: reads the state back/, /^answers: a 500, and the cancellation/],
  },
  {
    fault: 'takes “no cancellation yet” for a refusal',
    install: () =>
      void vi.doMock('../../src/outcome/read-back.ts', async (importOriginal) => {
        const original = await importOriginal<typeof ReadBackModule>();
        const reconcileUnknown: typeof original.reconcileUnknown = (cancellation, doubt) =>
          original.reconcileUnknown(cancellation, {
            ...doubt,
            ifAbsent: { code: 'rejected', message: 'nothing was stored' },
          });
        return { ...original, reconcileUnknown };
      }),
    found: [/^lost answers: reads the state back/, /^answers: a 500, and no cancellation yet/],
  },
  {
    fault: 'does not verify what it is asked to',
    install: () =>
      void vi.doMock('../../src/outcome/read-back.ts', async (importOriginal) => {
        const original = await importOriginal<typeof ReadBackModule>();
        const verifyAccepted: typeof original.verifyAccepted = (_cancellation, accepted) => Promise.resolve(accepted);
        return { ...original, verifyAccepted };
      }),
    found: [/reads back what was accepted if that is asked for/],
  },
  {
    fault: 'undoes whatever it has read',
    install: () =>
      void vi.doMock('../../src/outcome/read-status.ts', async (importOriginal) => {
        const original = await importOriginal<typeof ReadStatusModule>();
        const readStatus: typeof original.readStatus = async (...parts) => ({
          ...(await original.readStatus(...parts)),
          state: 'scheduled',
        });
        return { ...original, readStatus };
      }),
    found: [/undoes nothing if there is nothing/, /undoes nothing that has taken effect/],
  },
  {
    fault: 'believes every undo',
    install: () =>
      void vi.doMock('../../src/outcome/read-status.ts', async (importOriginal) => {
        const original = await importOriginal<typeof ReadStatusModule>();
        const readIfPossible: typeof original.readIfPossible = () =>
          Promise.resolve({ state: 'none', revocable: false, raw: null });
        return { ...original, readIfPossible };
      }),
    found: [/^undo: says that it is undone only if/, /^undo: reads the state back/],
  },
  {
    fault: 'takes any providerReference',
    install: () =>
      void vi.doMock('../../src/call/check-request.ts', async (importOriginal) => {
        const original = await importOriginal<typeof CancelRequestModule>();
        const checked = original.statusRequestSchema['~standard'];
        const order = { account: 'conformance-account', service: { subscriptionId: 'sub_1' } } as const;
        const validate: typeof checked.validate = () => ({ value: { ...order, providerReference: undefined } });
        return { ...original, statusRequestSchema: { '~standard': { ...checked, validate } } };
      }),
    found: [/refuses a providerReference that cannot be one$/],
  },
  {
    fault: 'lets a provider that fails pass for one that does not know',
    install: () => undefined,
    subject: sample({
      *cancel(order, config) {
        const verdict = yield* sound.cancel(order, config);
        if (verdict.verdict === 'unrecognized') throw new Error('not recognized');
        return verdict;
      },
    }),
    found: [/^answers that are none: does not know the outcome after/],
  },
];

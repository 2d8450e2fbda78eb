import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { answersThatFind } from './read-back.ts';
import type { ConformanceSubject } from './subject.ts';
import {
  ACCOUNT,
  beforeCancelOf,
  beforeOf,
  describeSettled,
  orderOf,
  settle,
  withTrial,
  type Settled,
} from './trial.ts';

const HOSTILE: readonly (readonly [name: string, id: string])[] = [
  ['a dot', '.'],
  ['two dots', '..'],
  ['a slash', '1/2'],
  ['a way up', '1/../2'],
  ['a query', '1?all=true'],
  ['a fragment', '1#2'],
  ['an encoded slash', '1%2f2'],
  ['an encoded dot', '%2e%2e'],
  ['a backslash', '1\\2'],
  ['a line break', '1\r\n2'],
  ['a tab', '1\t2'],
  ['a null character', '1\0'],
  ['half a character', '1\ud800'],
  ['a whole URL', 'https://example.com/1'],
  ['nothing', ''],
];

type Operation = 'cancel' | 'status' | 'revoke';

/** Whether an id can lead a request to another path than the one that is meant. */
export function idChecks(subject: ConformanceSubject): readonly Check[] {
  const forms = [subject.service, ...(subject.otherServices ?? [])];
  const { readBack, revoke } = subject.provider.capabilities;
  const operations: readonly Operation[] = ['cancel', 'status', ...(revoke ? (['revoke'] as const) : [])];
  return [
    ...HOSTILE.map(([name, id]) => ({
      name: `sends no request to another path for an id that holds ${name}`,
      run: async () => {
        for (const form of forms) {
          for (const operation of operations) {
            const usual = await tried(subject, operation, { service: form });
            for (const service of withEachLeaf(form, id)) {
              assertUsual(usual, await tried(subject, operation, { service }), `${operation}: `);
            }
          }
        }
      },
    })),
    ...(readBack
      ? [
          {
            name: 'sends no read-back to another path for a providerReference that is none',
            run: async () => {
              const { providerReference = 'reference-1' } =
                subject.statusFixtures?.find((fixture) => fixture.providerReference !== undefined) ?? {};
              const { service } = subject;
              const usual = await tried(subject, 'status', { service, providerReference });
              for (const [name, id] of HOSTILE) {
                const hostile = await tried(subject, 'status', { service, providerReference: id });
                assertUsual(usual, hostile, `${name}: `);
              }
            },
          },
        ]
      : []),
  ];
}

interface Tried {
  readonly settled: Settled<object>;
  readonly paths: readonly string[];
}

/** Tries an operation against a server that answers nothing but what comes before it, read-backs included. */
async function tried(
  subject: ConformanceSubject,
  operation: Operation,
  reference: Readonly<Record<string, unknown>>,
): Promise<Tried> {
  const before = {
    cancel: beforeCancelOf(subject),
    status: beforeOf(subject),
    revoke: operation === 'revoke' ? [...answersThatFind(subject), ...beforeOf(subject)] : [],
  }[operation];
  return withTrial(subject, before, async ({ server, service }) => {
    const call = {
      cancel: () => service.cancel(orderOf(subject, reference)),
      status: () => service.status({ account: ACCOUNT, ...reference }),
      revoke: () => service.revoke({ account: ACCOUNT, ...reference }),
    };
    const settled = await settle<object>(call[operation]());
    return { settled, paths: server.requests.map(({ target }) => pathOf(target)) };
  });
}

function assertUsual(usual: Tried, { settled, paths }: Tried, what: string): void {
  for (const path of paths) assert.ok(usual.paths.includes(path), `${what}a request went to ${path}`);
  const refused = !settled.ok && ['invalid_request', 'unsupported'].includes(settled.error.code);
  assert.ok(refused || paths.length > 0, `${what}nothing was sent, and ${describeSettled(settled)}`);
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}

/** Copies of a value in which one text or number is replaced, each in turn. */
function withEachLeaf(value: unknown, replacement: string): readonly unknown[] {
  if (typeof value === 'string' || typeof value === 'number') return [replacement];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    withEachLeaf(entry, replacement).map((changed) => ({ ...value, [key]: changed })),
  );
}

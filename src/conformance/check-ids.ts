import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import type { ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeOf, describeSettled, orderOf, settle, withTrial, type Settled } from './trial.ts';

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

/** Whether an id can lead a request to another path than the one that is meant. */
export function idChecks(subject: ConformanceSubject): readonly Check[] {
  const forms = [subject.service, ...(subject.otherServices ?? [])];
  return HOSTILE.map(([name, id]) => ({
    name: `sends no request to another path for an id that holds ${name}`,
    run: async () => {
      for (const form of forms) {
        for (const operation of ['cancel', 'status'] as const) {
          const usual = new Set((await tried(subject, operation, form)).paths);
          for (const hostile of withEachLeaf(form, id)) {
            const { settled, paths } = await tried(subject, operation, hostile);
            for (const path of paths) assert.ok(usual.has(path), `${operation}: a request went to ${path}`);
            const refused = !settled.ok && ['invalid_request', 'unsupported'].includes(settled.error.code);
            assert.ok(refused || paths.length > 0, `${operation}: nothing was sent, and ${describeSettled(settled)}`);
          }
        }
      }
    },
  }));
}

/** Tries an operation against a server that takes no cancellation and no read-back, only what comes before. */
async function tried(
  subject: ConformanceSubject,
  operation: 'cancel' | 'status',
  reference: unknown,
): Promise<{ readonly settled: Settled<object>; readonly paths: readonly string[] }> {
  return withTrial(subject, beforeOf(subject), async ({ server, service }) => {
    const settled = await settle<object>(
      operation === 'cancel'
        ? service.cancel(orderOf(subject, { service: reference }))
        : service.status({ account: ACCOUNT, service: reference }),
    );
    return { settled, paths: server.requests.map(({ target }) => pathOf(target)) };
  });
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

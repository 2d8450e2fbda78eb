import assert from 'node:assert/strict';
import type { JsonValue } from '../index.ts';
import type { Check } from './check.ts';
import { encodingsOf, everythingOf, holdsSecret } from './secret-encodings.ts';
import type { ConformanceAnswer, ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeOf, orderOf, settle, withTrial, type Settled, type Trial } from './trial.ts';

const ENCODINGS_AT_ONCE = 8;

/** Whether anything comes out that must stay in: secrets to anyone, and the upstream's name to an end customer. */
export function leakChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    {
      name: 'shows no secret in any result or error',
      run: () => eachOutcome(subject, [(answers) => answers], (settled) => assertTight(subject, settled)),
    },
    {
      name: 'shows no secret that the answer echoes among its own words',
      run: () => eachOutcome(subject, echoesInWords(subject), (settled) => assertTight(subject, settled)),
    },
    {
      name: 'shows no secret that the answer echoes in a new field, a header or a page that is no JSON',
      run: () => eachOutcome(subject, echoesAround(subject), (settled) => assertTight(subject, settled)),
    },
    {
      name: 'tells end customers nothing of the provider, its host or the account',
      run: () =>
        eachOutcome(subject, [(answers) => answers], (settled, origin) => {
          if (settled.ok) return;
          const words = settled.error.publicMessage.toLowerCase().split(/[^\p{L}\p{N}.:_-]+/u);
          const { host, hostname } = new URL(origin);
          for (const name of [subject.provider.id, ACCOUNT, host, hostname]) {
            const said = words.some((word) => word.replace(/[.:]+$/, '') === name.toLowerCase());
            assert.ok(!said, `the public message names ${name}`);
          }
          assert.ok(words.length > 2, 'there is no public message');
        }),
    },
  ];
}

/** Other answers, or `undefined` where the change does not apply to these. */
type Change = (answers: readonly ConformanceAnswer[]) => readonly ConformanceAnswer[] | undefined;

/** Runs every fixture, cancellations and read-backs, with each of the changes made to its answers. */
async function eachOutcome(
  subject: ConformanceSubject,
  changes: readonly Change[],
  inspect: (settled: Settled<object>, origin: string) => void,
): Promise<void> {
  const calls = [
    ...subject.fixtures.map(({ answers, when }) => ({
      answers,
      call: ({ service }: Trial) => service.cancel(orderOf(subject, when === undefined ? {} : { when })),
    })),
    ...(subject.statusFixtures ?? []).map(({ answers }) => ({
      answers,
      call: ({ service }: Trial) => service.status({ account: ACCOUNT, service: subject.service }),
    })),
  ];
  for (const { answers, call } of calls) {
    for (const change of changes) {
      const changed = change(answers);
      if (changed === undefined) continue;
      await withTrial(subject, [...beforeOf(subject), ...changed], async (trial) => {
        inspect(await settle<object>(call(trial)), trial.server.origin);
      });
    }
  }
}

function assertTight(subject: ConformanceSubject, settled: Settled<object>): void {
  const seen = everythingOf(settled.ok ? settled.value : settled.error);
  assert.ok(!holdsSecret(seen, subject.secrets), `a secret is in the ${settled.ok ? 'result' : 'error'}`);
}

/** The secrets in their encodings, after one text of the answers at a time. */
function echoesInWords(subject: ConformanceSubject): readonly Change[] {
  const texts = [...subject.fixtures, ...(subject.statusFixtures ?? [])].map(({ answers }) => countTexts(answers));
  const most = Math.max(0, ...texts);
  return echoesOf(subject).flatMap((echo) =>
    Array.from(
      { length: most },
      (_, at): Change =>
        (answers) =>
          withTextAt(answers, at, echo),
    ),
  );
}

function echoesAround(subject: ConformanceSubject): readonly Change[] {
  return echoesOf(subject).flatMap((echo): Change[] => [
    (answers) => answers.map((answer) => ({ ...answer, ...withField(answer, echo) })),
    (answers) => answers.map((answer) => ({ ...answer, headers: { ...answer.headers, 'x-request-id': header(echo) } })),
    (answers) => answers.map((answer) => ({ ...answer, body: `<html><body>Error: ${echo}</body></html>` })),
    (answers) => answers.map((answer) => ({ ...answer, body: JSON.stringify(echo) })),
  ]);
}

/** Texts that hold every secret in every encoding: several, since the end of a long message is cut off. */
function echoesOf({ secrets }: ConformanceSubject): readonly string[] {
  const forms = secrets.flatMap(encodingsOf);
  return Array.from({ length: Math.ceil(forms.length / ENCODINGS_AT_ONCE) }, (_, index) =>
    forms.slice(index * ENCODINGS_AT_ONCE, (index + 1) * ENCODINGS_AT_ONCE).join(' '),
  );
}

function withField({ body }: ConformanceAnswer, echo: string): { readonly body?: JsonValue } {
  if (typeof body !== 'object' || body === null) return {};
  const field = { echo, [`key ${echo}`]: { deep: [echo] } };
  return { body: isList(body) ? [...body, field] : { ...body, ...field } };
}

function header(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** No fewer than the texts in the bodies. */
function countTexts(value: unknown): number {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, entry: unknown) => sum + countTexts(entry), 0);
}

/** The answers with `suffix` after the text that is number `at` of those in their bodies, if there are as many. */
function withTextAt(
  answers: readonly ConformanceAnswer[],
  at: number,
  suffix: string,
): readonly ConformanceAnswer[] | undefined {
  let count = 0;
  const change = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return count++ === at ? `${value} ${suffix}` : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map(change);
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, entry === undefined ? entry : change(entry)]),
    );
  };
  const changed = answers.map((answer) =>
    answer.body === undefined ? answer : { ...answer, body: change(answer.body) },
  );
  return count > at ? changed : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

import { inspect } from 'node:util';
import type { SafeResult } from '../../../src/index.ts';
import { figure, type Figure } from '../figure.ts';
import { inParallel } from '../parallel.ts';
import { Random } from '../random.ts';
import type { FuzzedAnswer } from './answer.ts';
import { CALLS, type Calls, type ProviderName } from './calls.ts';
import { exchanging, isWriteKind, type Exchanged } from './exchange.ts';
import { fuzzedAnswer } from './fuzz.ts';
import { judgeCancel, judgeOrder, judgeRevoke, judgeStatus, type Violation } from './judge.ts';
import { contradictsItself } from './oracle.ts';

/** How many calls of each kind are made. */
export interface AnswerCounts {
  readonly cancel: number;
  readonly status: number;
  readonly revoke: number;
  readonly order: number;
}

/** The outcomes of all responses of one provider. */
export interface AnswerFigures {
  readonly provider: ProviderName;
  readonly calls: number;
  readonly cancellations: number;
  /** Answers that are not documented ones, to cancellations and to the reads after them. */
  readonly fuzzed: number;
  readonly violations: number;
  readonly foreignErrors: number;
  /** Calls in which a write was sent again after a 429, say, whose body said yes. The status is believed. */
  readonly againDespiteYes: number;
  /** How calls ended, by outcome, state or code: `cancel requested`, `status none`, … */
  readonly ends: Readonly<Record<string, number>>;
  /** The first violations of each kind, with what was answered. */
  readonly examples: readonly string[];
}

/** Gives an adapter fuzzed answers and asks its oracle whether what it makes of them is in the documentation. */
export async function proveAnswers(
  provider: ProviderName,
  counts: AnswerCounts,
  seed: number,
  calls: Calls = CALLS[provider],
): Promise<AnswerFigures> {
  const tally = { calls: 0, fuzzed: 0, violations: 0, foreignErrors: 0, againDespiteYes: 0 };
  const ends = new Map<string, number>();
  const examples = new Map<string, string[]>();
  const run = async (kind: keyof AnswerCounts, count: number, offset: number): Promise<void> => {
    await inParallel(count, 256, async (index) => {
      const random = new Random(seed, offset, index);
      const { fetch, exchanges, faults } = exchanging(calls.kindOf, (asked) =>
        // What is read back is left as it is more often, so that calls get past the first look.
        fuzzedAnswer(calls.documentation, asked, random, isWriteKind(asked) ? 0.08 : 0.5),
      );
      const { end, violation } = await ended(kind, calls, fetch, exchanges, random);
      if (faults.length > 0) throw new Error('a response could not be made up', { cause: faults[0] });
      tally.calls += 1;
      if (exchanges.slice(0, -1).some((one) => contradictsItself(one, calls.oracle))) tally.againDespiteYes += 1;
      if (kind === 'cancel') tally.fuzzed += exchanges.filter(({ answer }) => isFuzzed(answer)).length;
      ends.set(`${kind} ${end}`, (ends.get(`${kind} ${end}`) ?? 0) + 1);
      if (end === 'foreign error') tally.foreignErrors += 1;
      if (violation === undefined) return;
      tally.violations += 1;
      const known = examples.get(violation) ?? [];
      if (known.length < 3) known.push(`${kind} ${index}: ${violation}\n${inspect(exchanges, { depth: 3 })}`);
      examples.set(violation, known);
    });
  };
  await run('cancel', counts.cancel, 1);
  if (calls.status !== undefined) await run('status', counts.status, 2);
  if (calls.revoke !== undefined) await run('revoke', counts.revoke, 3);
  if (calls.order !== undefined) await run('order', counts.order, 4);
  return {
    provider,
    ...tally,
    cancellations: counts.cancel,
    ends: Object.fromEntries([...ends].sort((a, b) => b[1] - a[1])),
    examples: [...examples.values()].flat(),
  };
}

/** @param leastFuzzed how many fuzzed answers there must be. */
export function answerFigures(found: AnswerFigures, leastFuzzed: number): readonly Figure[] {
  const { provider, cancellations } = found;
  const share = Math.floor(cancellations / 500);
  const ended = (...names: readonly string[]): number => names.reduce((sum, name) => sum + (found.ends[name] ?? 0), 0);
  return [
    figure(7, `${provider}: cancellations`, cancellations),
    figure(7, `${provider}: fuzzed answers to them`, found.fuzzed, 'at_least', leastFuzzed),
    figure(7, `${provider}: cancellations accepted`, ended('cancel requested', 'cancel scheduled'), 'at_least', share),
    figure(
      7,
      `${provider}: cancellations refused`,
      ended('cancel rejected', 'cancel not_found', 'cancel unauthorized', 'cancel forbidden'),
      'at_least',
      share,
    ),
    figure(7, `${provider}: cancellations left unknown`, ended('cancel outcome_unknown'), 'at_least', share),
    figure(7, `${provider}: claims without the documented marker`, found.violations, 'exactly', 0),
    figure(7, `${provider}: sent again after a 429 or the like that says yes`, found.againDespiteYes),
    figure(7, `${provider}: errors that are not ProviderErrors`, found.foreignErrors, 'exactly', 0),
  ];
}

function isFuzzed(answer: FuzzedAnswer): boolean {
  return answer.kind === 'failure' || !answer.isDocumented;
}

interface Ended {
  readonly end: string;
  readonly violation: Violation;
}

async function ended(
  kind: keyof AnswerCounts,
  calls: Calls,
  fetch: typeof globalThis.fetch,
  exchanges: readonly Exchanged[],
  random: Random,
): Promise<Ended> {
  const { oracle } = calls;
  try {
    switch (kind) {
      case 'cancel': {
        const end = await calls.cancel(fetch, random.chance(0.5) ? 'immediate' : 'end_of_period', random.chance(0.15));
        return { end: endOf(end, ({ outcome }) => outcome), violation: judgeCancel(end, exchanges, oracle) };
      }
      case 'status': {
        const end = await calls.status?.(fetch, random.chance(0.4) ? '1_2aa0c9d7e1' : undefined);
        if (end === undefined) return NOT_OFFERED;
        return { end: endOf(end, ({ state }) => state), violation: judgeStatus(end, exchanges, oracle) };
      }
      case 'revoke': {
        const end = await calls.revoke?.(fetch);
        if (end === undefined) return NOT_OFFERED;
        return { end: endOf(end, ({ outcome }) => outcome), violation: judgeRevoke(end, exchanges, oracle) };
      }
      case 'order': {
        const end = await calls.order?.(fetch);
        if (end === undefined) return NOT_OFFERED;
        return { end: endOf(end, ({ result }) => result.outcome), violation: judgeOrder(end, exchanges, oracle) };
      }
    }
  } catch (error) {
    return { end: 'foreign error', violation: `a foreign error: ${inspect(error)}` };
  }
}

const NOT_OFFERED: Ended = { end: 'not offered', violation: undefined };

function endOf<Value>(end: SafeResult<Value>, name: (value: Value) => string): string {
  return end.ok ? name(end.result) : end.error.code;
}

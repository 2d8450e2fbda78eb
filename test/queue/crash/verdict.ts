import type { QueuedCancellation } from '../../../src/queue/index.ts';

/** A cancellation that was put into the queue. */
export interface Job {
  readonly id: string;
  /** The service, as the provider names it. */
  readonly service: string;
  readonly readable: boolean;
}

/** What the provider wrote down. */
export interface Evidence {
  readonly executions: ReadonlyMap<string, number>;
  readonly writes: ReadonlyMap<string, number>;
}

/** What the ledger says, held against what the provider did. */
export interface Verdict {
  readonly jobs: number;
  /** Services that were cancelled. */
  readonly executed: number;
  /** Services that were cancelled more than once. */
  readonly duplicates: number;
  /** Services whose cancellation was sent more than once, whether or not it was carried out. */
  readonly sentTwice: number;
  /** Cancellations that are gone from the ledger, or are still open, and nobody will look after them. */
  readonly lost: number;
  /** Rows that say something else than what happened. */
  readonly wrong: number;
  /** Those that a person has to look up, in an account that cannot be asked. */
  readonly forPerson: number;
  /** Those that were read back until it was sure that they did not take effect. */
  readonly confirmedNot: number;
  /** The first of what is not as it must be. */
  readonly examples: readonly string[];
}

/** Whether the row of a job is as it must be, by what the provider did. */
export type RowVerdict = 'right' | 'for_person' | 'confirmed_not' | 'lost' | 'wrong';

/** Holds each row against the provider's record. */
export function judge(jobs: readonly Job[], rows: readonly QueuedCancellation[], evidence: Evidence): Verdict {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const counts: Record<RowVerdict, number> = { right: 0, for_person: 0, confirmed_not: 0, lost: 0, wrong: 0 };
  const examples: string[] = [];
  for (const job of jobs) {
    const row = rowOf.get(job.id);
    const times = evidence.executions.get(job.service) ?? 0;
    const verdict = judgeRow(job, row, times);
    counts[verdict] += 1;
    if (verdict === 'lost' || verdict === 'wrong' || times > 1) {
      examples.push(`${job.id}: ${verdict}, carried out ${times} times, ${JSON.stringify(row ?? 'no row')}`);
    }
  }
  return {
    jobs: jobs.length,
    ...countEvidence(evidence),
    lost: counts.lost,
    wrong: counts.wrong,
    forPerson: counts.for_person,
    confirmedNot: counts.confirmed_not,
    examples: examples.slice(0, 5),
  };
}

/** The same for the control, whose rows say no more than that they are done. */
export function judgeControl(jobs: readonly string[], done: readonly string[], evidence: Evidence): Verdict {
  const lost = jobs.length - new Set(done).size;
  const wrong = done.filter((service) => !evidence.executions.has(service)).length;
  return { jobs: jobs.length, ...countEvidence(evidence), lost, wrong, forPerson: 0, confirmedNot: 0, examples: [] };
}

function countEvidence({ executions, writes }: Evidence): Pick<Verdict, 'executed' | 'duplicates' | 'sentTwice'> {
  const moreThanOnce = (counted: ReadonlyMap<string, number>): number =>
    [...counted.values()].filter((times) => times > 1).length;
  return { executed: executions.size, duplicates: moreThanOnce(executions), sentTwice: moreThanOnce(writes) };
}

/** Holds one row against how often the cancellation was carried out. */
export function judgeRow(job: Job, row: QueuedCancellation | undefined, times: number): RowVerdict {
  if (row === undefined) return 'lost';
  switch (row.state) {
    case 'requested':
    case 'scheduled':
    case 'completed':
    case 'already_cancelled':
      return times > 0 ? 'right' : 'wrong';
    case 'refused':
      if (times > 0) return 'wrong';
      return job.readable && isConfirmed(row) ? 'confirmed_not' : 'lost';
    case 'unknown':
      return row.needsPerson && !job.readable ? 'for_person' : 'lost';
    case 'lapsed':
    case 'overdue':
      return 'wrong';
    case 'proposed':
    case 'planned':
    case 'intent':
    case 'sent':
      return 'lost';
  }
}

/** Whether it was refused because it was read back and not found, and for no other reason. */
function isConfirmed({ outcome }: QueuedCancellation): boolean {
  return outcome?.ok === false && outcome.error.message.includes('confirmed not cancelled');
}

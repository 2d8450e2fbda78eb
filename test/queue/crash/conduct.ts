import { randomOf } from '../../campaign/fault.ts';

/** What the provider does with one cancellation. */
export interface Conduct {
  /** Until it answers. */
  readonly latencyMs: number;
  /** It does not answer before this, either. */
  readonly heldUntil?: Promise<void>;
  /**
   * When it is carried out: as it arrives; right before the response, whether or not anybody waits for it; the same,
   * but only if somebody does; some time after the response; or never.
   */
  readonly execution: 'at_once' | 'before_answer' | 'if_still_wanted' | { readonly afterMs: number } | 'never';
  /** Whether it answers; else the connection is closed. */
  readonly answers: boolean;
}

const SLOWEST_MS = 80;

/** How a cancellation goes, at random, but always the same for the same seed. */
export function randomConduct(seed: string): (id: string, time: number) => Conduct {
  return (id, time) => {
    const random = (what: string): number => randomOf(`${seed} ${what} ${id} ${time}`);
    const latencyMs = Math.floor(random('latency') * (SLOWEST_MS + 1));
    const kind = random('kind');
    const conduct = (execution: Conduct['execution'], answers = true): Conduct => ({ latencyMs, execution, answers });
    if (kind < 0.35) return conduct('at_once');
    if (kind < 0.55) return conduct('before_answer');
    if (kind < 0.75) return conduct('if_still_wanted');
    if (kind < 0.96) return conduct({ afterMs: Math.floor(random('late') * 300) });
    // Answers are lost without any kill, too.
    return conduct(kind < 0.98 ? 'at_once' : 'never', false);
  };
}

/** The provider as it should be: a response after so many milliseconds, and nothing lost. */
export function steadyConduct(latencyMs: number): () => Conduct {
  return () => ({ latencyMs, execution: 'at_once', answers: true });
}

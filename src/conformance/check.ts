import type { ConformanceSubject } from './subject.ts';

/** One thing that a provider must do: a sentence, and the trial that throws if it does not hold. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Makes the checks of one group for a provider. */
export type CheckGroup = (subject: ConformanceSubject) => readonly Check[];

import type { AnyWhen } from '../../contract/vocabulary.ts';
import { whenText } from '../../contract/when.ts';

/** A `when` in words: `end of period`, or its date. */
export function timingWords(when: AnyWhen): string {
  return whenText(when).replaceAll('_', ' ');
}

import type { AnyWhen, Timing } from './vocabulary.ts';

/** Some `when` of a timing, for a check that needs one and sends nothing. */
export function exampleOf(timing: Timing): AnyWhen {
  return timing === 'on_date' ? { on: '2099-12-31' } : timing;
}

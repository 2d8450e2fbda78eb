/** A change that happens by itself when the clock reaches a moment. */
export interface Transition {
  readonly at: Date;
  readonly apply: () => void;
}

/**
 * Applies, one after another, every change that has fallen due. `next` is asked again after each one,
 * since a change may bring about, or prevent, a later one.
 */
export function runTransitions(next: () => Transition | undefined, now: Date): void {
  for (let transition = next(); transition !== undefined && transition.at <= now; transition = next()) {
    transition.apply();
  }
}

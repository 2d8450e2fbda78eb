/** Whether two types are the same. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the compiler compares two deferred types only in this form
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if `Holds` is `true`. */
// oxlint-disable-next-line no-unnecessary-type-parameters -- a check is nothing but its type argument
export function check<Holds extends true>(..._proof: Holds extends true ? [] : [never]): void {}

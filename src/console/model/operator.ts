import * as v from 'valibot';

/**
 * What an operator may do.
 *
 * - `read`: see the pages.
 * - `decide`: record an outcome, withdraw, approve, pass a token on, have one read back, let an account go on.
 * - `send_again`: have a cancellation sent again.
 */
export type ConsoleRight = (typeof CONSOLE_RIGHTS)[number];

/** Every {@link ConsoleRight}. */
export const CONSOLE_RIGHTS = ['read', 'decide', 'send_again'] as const;

/** Who uses the console. */
export interface Operator {
  /** The name that decisions are recorded under: 1 to 128 characters. */
  readonly by: string;
  readonly can: readonly ConsoleRight[];
}

const operatorSchema = v.object({
  by: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.regex(/^\P{Cc}*$/u)),
  can: v.array(v.picklist(CONSOLE_RIGHTS)),
});

/** What `authorize` returned. @throws ValiError if it is neither an operator nor `undefined` */
export function operatorOf(value: unknown): Operator | undefined {
  return v.parse(v.nullish(operatorSchema), value) ?? undefined;
}

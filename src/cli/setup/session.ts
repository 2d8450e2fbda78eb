import type { Output } from '../terminal/output.ts';
import type { OpenedServices } from './open-services.ts';

/** What a command works with: where it writes, and the accounts, which are opened when they are asked for. */
export interface Session {
  /** The command's name, as it stands in its records. */
  readonly command: string;
  readonly output: Output;
  readonly open: () => Promise<OpenedServices>;
}

/** Runs the work of a command, which returns the exit code; every error becomes a message and its exit code. */
export type Act = (command: string, work: (session: Session) => Promise<number>) => Promise<void>;

import type { TransportChoice } from './transport.ts';
import type { TimeLimit } from '../call/time-limit.ts';

/** Where and how long a call may send. */
export interface SendContext {
  readonly baseUrl: URL;
  readonly limit: TimeLimit;
  readonly attemptTimeoutMs: number;
  readonly transport: TransportChoice;
  /** Whether a write needs a connection of its own, because a lost answer could not be cleared up afterwards. */
  readonly writesOnFreshConnection: boolean;
}

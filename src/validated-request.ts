import type { Reason } from './reason.ts';
import type { When } from './vocabulary.ts';

/** A cancellation that could be sent as far as that can be told without the configuration. */
export interface ValidatedRequest {
  readonly account: string;
  readonly provider: string;
  /** The service reference, as it was given. */
  readonly service: Readonly<Record<string, unknown>>;
  /** Names the service among those of the account, whichever way the reference is written: `5` and `'5'` are one. */
  readonly serviceKey: string;
  readonly when: When;
  readonly reason?: Reason;
  readonly reference?: string;
}

import type { NoVerdict } from './verdict.ts';
import type { CancellationStatus, EffectiveAt } from './vocabulary.ts';

/** Whether a service runs, in one of five words. `ended`: it is over. `unknown`: the provider says something else. */
export type ServiceState = 'active' | 'pending' | 'suspended' | 'ended' | 'unknown';

/** What a list says of a service's cancellation; `status` of the service may know more. */
export type FoundCancellation = Pick<CancellationStatus, 'state' | 'when' | 'effectiveAt'>;

/** A service that `find` found. */
export interface FoundService<Service = unknown> {
  /** The reference that `cancel`, `status` and the others take. */
  readonly service: Service;
  /** What people know it by: its hostname, domain or label; its id if it has none. */
  readonly name: string;
  readonly state: ServiceState;
  /** The provider's own word for the state. Left out: it has none. */
  readonly stateText?: string;
  /** Until when it is paid for, or when the next invoice is due. */
  readonly nextDueDate?: EffectiveAt;
  /** When it ends, if that is known. */
  readonly endsOn?: EffectiveAt;
  /** Left out: the list does not say whether it is cancelled. */
  readonly cancellation?: FoundCancellation;
}

/** What `find` found at one account. */
export interface FindResult<Key extends string = string, Id extends string = string, Service = unknown> {
  readonly account: Key;
  readonly provider: Id;
  /** In the order in which the provider lists them. */
  readonly services: readonly FoundService<Service>[];
  /** Whether there may be more: `limit` was reached, or the list is longer than is read. */
  readonly truncated: boolean;
  /** How many entries of the list could not be read; what is searched for may be among them. */
  readonly unreadable: number;
  /** How many requests were sent for this call. */
  readonly attempts: number;
  readonly operationId: string;
}

/** What an adapter's `find` is asked for: one page of the list. */
export interface FindQuery {
  /** What is searched for, for an API that documents a filter of its own. */
  readonly text: string;
  /** The `next` of the page before. `undefined`: the first page. */
  readonly cursor: string | undefined;
  /**
   * Whether one of these texts contains what is searched for. The core selects by it; an adapter needs it only to read
   * nothing more of what does not match.
   */
  readonly matches: (...texts: readonly string[]) => boolean;
}

/** A service as an adapter lists it. */
export interface ListedService<Service = unknown> extends FoundService<Service> {
  /** What else it is searched by, and not shown: addresses, labels. */
  readonly alsoKnownAs?: readonly string[];
}

/** A page of the list was read. Whether an entry matches is not the adapter's business. */
export interface ListedVerdict<Service = unknown> {
  readonly verdict: 'listed';
  readonly services: readonly ListedService<Service>[];
  /** How many entries of the page could not be read. Default 0. */
  readonly unreadable?: number;
  /** What the next page is asked for with. Left out: this was the last. */
  readonly next?: string;
}

/** What a provider makes of the responses to `find`. */
export type FindVerdict<Service = unknown> = ListedVerdict<Service> | NoVerdict;

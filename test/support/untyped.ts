import type { Accounts, CancelService, WhereToLook } from 'cancelkit';

/** A service as plain JavaScript sees it. */
export interface UntypedService {
  readonly cancel: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly safeCancel: (request: unknown, options?: unknown) => Promise<{ readonly ok: boolean }>;
  readonly confirm: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly options: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly preview: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly validate: (request: unknown) => Promise<{ readonly serviceKey: unknown }>;
  readonly status: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly whereToLook: (request: unknown, options?: unknown) => Promise<WhereToLook | undefined>;
  readonly cancelMany: (requests: unknown, options?: unknown) => AsyncGenerator<UntypedItem, void, undefined>;
  readonly statusMany: (requests: unknown, options?: unknown) => AsyncGenerator<UntypedItem, void, undefined>;
  readonly find: (request: unknown, options?: unknown) => Promise<unknown>;
}

/** An item of `cancelMany` or `statusMany` before anything is known of it. */
export interface UntypedItem {
  readonly index: number;
  readonly request: unknown;
  readonly ok: boolean;
  readonly error?: unknown;
  readonly result?: unknown;
}

/** Takes the types off a service: what a request built at run time goes through. */
export function untyped<A extends Accounts>(service: CancelService<A>): UntypedService {
  const plain: unknown = service;
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  return plain as UntypedService;
}

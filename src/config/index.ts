import type { AccountsOf } from '../contract/account.ts';
import type { ServiceOptions } from '../contract/options.ts';
import type { QueueOptions } from '../queue/input/queue-options.ts';

/** What the command line works with: the default export of `cancelkit.config.ts`. */
export interface CancelkitConfig<A extends AccountsOf<A>> {
  /** By the names that the commands take. */
  readonly accounts: A;
  /** As in `createCancelService`. */
  readonly options?: ServiceOptions<NoInfer<A>> | undefined;
  /** As in `createCancelQueue`; the commands of the queue open it with this. */
  readonly queue?: Omit<QueueOptions<NoInfer<A>>, 'services'> | undefined;
}

/** Returns its argument: for the types alone. */
export function defineConfig<const A extends AccountsOf<A>>(config: CancelkitConfig<A>): CancelkitConfig<A> {
  return config;
}

import type { QueueStats } from '../../queue/index.ts';
import type { ConsoleQueue } from './console-queue.ts';
import type { ConsoleRight, Operator } from './operator.ts';

/** One request of an operator who was let in, and what every page shows of it. */
export interface Visit {
  readonly me: Operator;
  readonly queue: ConsoleQueue;
  readonly label: string | undefined;
  /** Where the console is mounted: empty, or `/ops/cancellations`. */
  readonly basePath: string;
  readonly query: URLSearchParams;
  /** What a form has to carry. */
  readonly formToken: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly stats: QueueStats;
}

/** Whether the operator may do this. */
export function may({ me }: Pick<Visit, 'me'>, right: ConsoleRight): boolean {
  return me.can.includes(right);
}

/** The address of a page, with those of the parameters that are set. */
export function hrefOf(
  { basePath }: Pick<Visit, 'basePath'>,
  path: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const set = Object.entries(parameters).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '',
  );
  const query = new URLSearchParams(set).toString();
  return `${basePath}${path}${query === '' ? '' : `?${query}`}`;
}

/** The page of a cancellation. Its id is no part of the path, in which `..` and `%2F` mean something else. */
export function cancellationHref(
  visit: Pick<Visit, 'basePath'>,
  id: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  return hrefOf(visit, '/cancellation', { id, ...parameters });
}

import type { JSX } from 'hono/jsx/jsx-runtime';
import type { QueuedCancellation } from '../../queue/index.ts';
import { ANSWERS, choiceFor } from '../model/answers.ts';
import { serviceName } from '../model/service-name.ts';
import { cancellationHref, hrefOf, type Visit } from '../model/visit.ts';
import { Layout } from './layout.tsx';
import { FormToken } from './parts.tsx';

const FORM = 'selection';

/** The box that selects a row, if something can be decided on it. Sending again is decided one by one. */
export function Pick({ item }: { readonly item: QueuedCancellation }): JSX.Element {
  const choice = choiceFor(item);
  if (choice === 'none' || choice === 'refused') return <></>;
  return (
    <input
      type="checkbox"
      name="item"
      form={FORM}
      value={`${item.updatedAt} ${item.id}`}
      aria-label={`Select ${serviceName(item.request)}, ${item.id}`}
    />
  );
}

/**
 * One decision for all selected rows. Without `autocomplete="off"`, a browser that loads the page again ticks the boxes
 * at the same places, where other rows may be by then.
 */
export function BulkForm({ visit }: { readonly visit: Visit }): JSX.Element {
  return (
    <form class="bulk" id={FORM} method="post" action={hrefOf(visit, '/decide-selected')} autocomplete="off">
      <FormToken visit={visit} />
      <label>
        <span class="sr">Decision for the selected ones</span>
        <select name="as" required>
          <option value="">For the selected ones …</option>
          {ANSWERS.map(({ as, found }) => (
            <option value={as}>{found}</option>
          ))}
          <option value="withdraw">Take out of the queue</option>
          <option value="approve">Approve</option>
        </select>
      </label>
      <label class="note">
        <span class="sr">Note for the selected ones</span>
        <input name="note" maxlength={1000} placeholder="Note" autocomplete="off" />
      </label>
      <button>Record for the selected ones</button>
    </form>
  );
}

/** What happened to one of the selected. */
export interface BulkResult {
  readonly id: string;
  /** Why it was not done. */
  readonly problem?: string;
}

/** What a decision on a selection did. */
export function BulkPage({
  visit,
  results,
}: {
  readonly visit: Visit;
  readonly results: readonly BulkResult[];
}): JSX.Element {
  const failed = results.filter(({ problem }) => problem !== undefined);
  const title = `${results.length - failed.length} recorded, ${failed.length} not`;
  return (
    <Layout visit={visit} title={title}>
      <p class="crumb">
        <a href={hrefOf(visit, '/')} data-up>
          Cancellations
        </a>{' '}
        / decision for the selected ones
      </p>
      <div class="title">
        <h1>{title}</h1>
      </div>
      <section class="panel" aria-label="Results">
        <ul class="results">
          {[...failed, ...results.filter((result) => !failed.includes(result))].map(({ id, problem }) => (
            <li>
              <a href={cancellationHref(visit, id)}>
                <code>{id}</code>
              </a>
              : {problem ?? 'recorded'}
            </li>
          ))}
        </ul>
      </section>
    </Layout>
  );
}

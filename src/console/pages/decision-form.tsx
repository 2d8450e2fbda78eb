import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { QueuedCancellation } from '../../queue/index.ts';
import { typedId } from '../model/service-name.ts';
import { hrefOf, type Visit } from '../model/visit.ts';
import { FormToken } from './parts.tsx';

/** A decision that was not taken, with what the operator had filled in. */
export interface Draft {
  readonly problem: string;
  readonly as?: string;
  readonly note?: string;
  readonly effectiveAt?: string;
}

/** Which cancellation a form is about. */
export interface FormProps {
  readonly visit: Visit;
  readonly item: QueuedCancellation;
}

interface DecideProps extends FormProps {
  readonly draft: Draft | undefined;
  readonly as: string;
  readonly button: string;
  readonly danger?: boolean;
  readonly children?: Child;
}

/** A form with one decision. */
export function Decide({ visit, item, draft, as, button, danger = false, children }: DecideProps): JSX.Element {
  return (
    <form method="post" action={hrefOf(visit, '/decide')} class="aside-form" autocomplete="off">
      <Hidden visit={visit} item={item} />
      <input type="hidden" name="as" value={as} />
      {children}
      <Note draft={draft?.as === as ? draft : undefined} placeholder="Why" />
      <Submit visit={visit} button={button} danger={danger} />
    </form>
  );
}

/** Which cancellation a form is about, and the state of it that the page shows. */
export function Hidden({ visit, item }: FormProps): JSX.Element {
  return (
    <>
      <FormToken visit={visit} />
      <input type="hidden" name="id" value={item.id} />
      <input type="hidden" name="seen" value={item.updatedAt} />
    </>
  );
}

/** A field in which the id of the service has to be typed. */
export function TypedId({ item }: Pick<FormProps, 'item'>): JSX.Element {
  const typed = typedId(item.request);
  return (
    <label class="field more">
      <span>
        Type <code>{typed}</code> to confirm
      </span>
      <input name="typed" autocomplete="off" spellcheck={false} />
    </label>
  );
}

/** A field for a note. */
export function Note({
  draft,
  placeholder,
}: {
  readonly draft: Draft | undefined;
  readonly placeholder: string;
}): JSX.Element {
  return (
    <label class="field">
      Note
      <textarea name="note" maxlength={1000} placeholder={placeholder}>
        {draft?.note ?? ''}
      </textarea>
    </label>
  );
}

/** The button of a form, and whose name it signs with. */
export function Submit({
  visit,
  button,
  danger = false,
}: {
  readonly visit: Visit;
  readonly button: string;
  readonly danger?: boolean;
}): JSX.Element {
  return (
    <div class="submit">
      <button class={danger ? 'danger' : 'primary'}>{button}</button>
      <small>as {visit.me.by}</small>
    </div>
  );
}

/** Takes the token that the provider sent. It is passed on, and kept nowhere. */
export function ConfirmForm({ visit, item }: FormProps): JSX.Element {
  return (
    <form method="post" action={hrefOf(visit, '/confirm')} class="aside-form">
      <Hidden visit={visit} item={item} />
      <label class="field">
        The token that the provider sent
        <input type="password" name="token" required maxlength={4096} autocomplete="off" spellcheck={false} />
      </label>
      <Submit visit={visit} button="Pass it on" />
    </form>
  );
}

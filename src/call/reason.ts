import type { ReasonField } from '../contract/capabilities.ts';
import type { Issue } from '../contract/provider-error.ts';
import { REASON_LABELS, type Reason, type ReasonDetails } from '../contract/reason.ts';
import type { Warning } from '../contract/vocabulary.ts';

/**
 * Turns a checked reason and reference into the text for a provider's reason field.
 *
 * The text, or the category's label, with the reference appended. Control characters become spaces. A text over the
 * field's `maxLength` (in UTF-16 code units) is cut; the reference is there as a whole or, if it cannot fit, not.
 *
 * @param reasonCode the code of the provider's own list that is sent besides.
 */
export function composeReason(
  reason: Reason | undefined,
  reference: string | undefined,
  field: ReasonField,
  reasonCode?: string,
): ComposedReason {
  const details = partsOf(reason);
  const label = details.category === undefined ? undefined : REASON_LABELS[details.category];
  const text = clean(details.text) ?? label;
  const warnings: Warning[] = [];
  if (details.providerCode !== undefined && !takesCodes(field)) {
    warnings.push({
      code: 'reason_code_not_sent',
      message: 'No reason code can be sent to this provider; the code was left out.',
    });
  } else if (details.category !== undefined && field.codes !== undefined && reasonCode === undefined) {
    warnings.push({
      code: 'reason_code_not_sent',
      message: 'No code of this provider’s list is known to name the category; none was sent. options() may list them.',
    });
  }
  if (field.field === 'no') {
    // A category that was sent as a code is not lost.
    const lost = reasonCode === undefined ? text : clean(details.text);
    return { text: undefined, warnings: [...warnings, ...dropped(lost, reference)] };
  }
  const required = field.field === 'required';
  const { composed, cut, referenceLost } = compose(text, reference, required, field.maxLength ?? Infinity);
  if (cut) {
    warnings.push({ code: 'reason_truncated', message: `The reason was cut to ${field.maxLength} characters.` });
  }
  if (referenceLost) {
    const message = 'The reference does not fit into this provider’s reason field; it was left out.';
    warnings.push({ code: 'reference_not_sent', message });
  }
  if (!required || text !== undefined) return { text: composed, warnings };
  warnings.push({
    code: 'reason_defaulted',
    message:
      reference === undefined || referenceLost
        ? 'This provider requires a reason and none was given; a neutral sentence was sent.'
        : 'This provider requires a reason and none was given; the reference was sent.',
  });
  return { text: composed, warnings };
}

/** The reason as it goes into a provider's text field, and what was lost on the way. */
export interface ComposedReason {
  readonly text: string | undefined;
  readonly warnings: readonly Warning[];
}

/** What is sent if a provider requires a reason and the caller gave neither reason nor reference. */
export const NEUTRAL_REASON = 'Cancelled by the account holder';

function dropped(text: string | undefined, reference: string | undefined): Warning[] {
  const warnings: Warning[] = [];
  if (text !== undefined) {
    warnings.push({ code: 'reason_not_sent', message: 'This provider has no field for a reason; it was left out.' });
  }
  if (reference !== undefined) {
    warnings.push({
      code: 'reference_not_sent',
      message: 'This provider has no field for a reference; it was left out.',
    });
  }
  return warnings;
}

interface Composed {
  readonly composed: string | undefined;
  readonly cut: boolean;
  readonly referenceLost: boolean;
}

function compose(
  text: string | undefined,
  reference: string | undefined,
  required: boolean,
  maxLength: number,
): Composed {
  if (text === undefined) return composeWithoutText(reference, required, maxLength);
  const suffix = reference === undefined ? '' : ` (reference: ${reference})`;
  const referenceLost = suffix.length + 2 > maxLength && reference !== undefined;
  const kept = referenceLost ? '' : suffix;
  const shortened = shorten(text, maxLength - kept.length);
  return { composed: shortened + kept, cut: shortened !== text, referenceLost };
}

function composeWithoutText(reference: string | undefined, required: boolean, maxLength: number): Composed {
  const labelled = required ? reference : reference && `Reference: ${reference}`;
  const composed = [labelled, reference].find((one) => one !== undefined && one.length <= maxLength);
  const fallback = required ? shorten(NEUTRAL_REASON, maxLength) : undefined;
  return {
    composed: composed ?? fallback,
    cut: false,
    referenceLost: reference !== undefined && composed === undefined,
  };
}

/** At most so many UTF-16 code units, without half a character at the end. */
function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, Math.max(0, maxLength - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function clean(text: string | undefined): string | undefined {
  // Line breaks and tabs are a text's own; other control characters break logs and terminals at the other end.
  const cleaned = text
    ?.toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .trim();
  return cleaned === '' ? undefined : cleaned;
}

/** The code of the provider's own list that is to be sent, or what is wrong. */
export type ChosenCode =
  | { readonly code: string | undefined; readonly issue?: undefined }
  | { readonly code?: undefined; readonly issue: Issue };

/**
 * Chooses the code for a provider with a list of its own: the caller's, verbatim, or the one that names the category of
 * the reason. A code that is not in a fixed list is refused, and so is a missing one if the provider requires one.
 */
export function chooseReasonCode(reason: Reason | undefined, field: ReasonField): ChosenCode {
  const { category, providerCode } = partsOf(reason);
  const list = typeof field.codes === 'object' ? field.codes : undefined;
  if (providerCode !== undefined && takesCodes(field)) {
    const isListed = list === undefined || list.some(({ code }) => code === providerCode);
    return isListed ? { code: providerCode } : { issue: { path: CODE_PATH, expected: oneOf(list) } };
  }
  const code = category && list?.find(({ categories }) => categories?.includes(category))?.code;
  if (code !== undefined || field.codeRequired !== true) return { code };
  const expected = list === undefined ? 'a code of the list that options() returns for this service' : oneOf(list);
  return { issue: { path: CODE_PATH, expected, problem: 'missing' } };
}

/** Whether the provider's own codes can be sent. */
function takesCodes({ codes, providerCode }: ReasonField): boolean {
  return codes !== undefined || providerCode === true;
}

/** A reason in parts, whichever way it was given. */
export function partsOf(reason: Reason | undefined): ReasonDetails {
  return typeof reason === 'string' ? { text: reason } : (reason ?? {});
}

const CODE_PATH = 'reason.providerCode';

function oneOf(list: readonly { readonly code: string; readonly label: string }[]): string {
  return `one of the codes ${list.map(({ code, label }) => `${code} (${label})`).join(', ')}`;
}

import type { ReasonField } from '../contract/capabilities.ts';
import { REASON_LABELS, type Reason, type ReasonDetails } from '../contract/reason.ts';
import type { Warning } from '../contract/vocabulary.ts';

/**
 * Turns a checked reason and reference into the text for a provider's reason field.
 *
 * The text, or the category's label, with the reference appended. Control characters become spaces. A text over the
 * field's `maxLength` (in UTF-16 code units) is cut; the reference is there as a whole or, if it cannot fit, not.
 */
export function composeReason(
  reason: Reason | undefined,
  reference: string | undefined,
  field: ReasonField,
): ComposedReason {
  const details: ReasonDetails = typeof reason === 'string' ? { text: reason } : (reason ?? {});
  const label = details.category === undefined ? undefined : REASON_LABELS[details.category];
  const text = clean(details.text) ?? label;
  const warnings: Warning[] = [];
  if (details.providerCode !== undefined && field.providerCode !== true) {
    warnings.push({
      code: 'reason_code_not_sent',
      message: 'No reason code can be sent to this provider; the code was left out.',
    });
  }
  if (field.field === 'no') return { text: undefined, warnings: [...warnings, ...dropped(text, reference)] };
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

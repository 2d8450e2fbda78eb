import type { ReasonField } from '../contract/capabilities.ts';
import type { Issue } from '../contract/provider-error.ts';
import type { Reason, ReasonDetails } from '../contract/reason.ts';

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
    return isListed ? { code: providerCode } : { issue: { path: PATH, expected: oneOf(list) } };
  }
  const code = category && list?.find(({ categories }) => categories?.includes(category))?.code;
  if (code !== undefined || field.codeRequired !== true) return { code };
  const expected = list === undefined ? 'a code of the list that options() returns for this service' : oneOf(list);
  return { issue: { path: PATH, expected, problem: 'missing' } };
}

/** Whether the provider's own codes can be sent. */
export function takesCodes({ codes, providerCode }: ReasonField): boolean {
  return codes !== undefined || providerCode === true;
}

/** A reason in parts, whichever way it was given. */
export function partsOf(reason: Reason | undefined): ReasonDetails {
  return typeof reason === 'string' ? { text: reason } : (reason ?? {});
}

const PATH = 'reason.providerCode';

function oneOf(list: readonly { readonly code: string; readonly label: string }[]): string {
  return `one of the codes ${list.map(({ code, label }) => `${code} (${label})`).join(', ')}`;
}

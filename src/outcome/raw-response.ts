import type { Call } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { Warning } from '../contract/vocabulary.ts';

/** An answer as it may come out: status and JSON body, redacted; text that is not JSON is withheld. */
export function rawOf({ status, body }: ProviderResponse, call: Call): unknown {
  return { status, body: body.kind === 'json' ? call.redactor.data(body.value) : null };
}

/** The provider's own id of its last response, for a result. */
export function requestIdOf({ providerRequestId }: Call): { readonly providerRequestId?: string } {
  return providerRequestId === undefined ? {} : { providerRequestId };
}

/** The warning for an answer whose JSON had other text before it. The text itself may hold anything. */
export function textBefore({ body }: ProviderResponse): readonly Warning[] {
  if (body.kind !== 'json' || body.before === undefined) return [];
  const length = body.before.length;
  const message = `The answer had ${length} characters of other text before its JSON, such as a PHP notice. Tell the owner of the address.`;
  return [{ code: 'text_before_answer', message }];
}

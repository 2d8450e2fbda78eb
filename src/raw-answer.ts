import type { Call } from './call.ts';
import type { ProviderResponse } from './exchange.ts';

/** An answer as it may come out: status and JSON body, redacted; text that is not JSON is withheld. */
export function rawOf({ status, body }: ProviderResponse, call: Call): unknown {
  return { status, body: body.kind === 'json' ? call.redactor.data(body.value) : null };
}

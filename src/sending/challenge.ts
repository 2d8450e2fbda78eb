import type { ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';

/**
 * The failure for a challenge that something in front of the provider answered with, or `undefined` if the answer is
 * none. A challenge proves that the request did not reach the provider, and only a browser can pass it.
 *
 * An answer counts only with the marker that the vendor documents, and never with a JSON body: JSON is an application's
 * own answer, even if a proxy has added a header to it.
 */
export function judgeChallenge(response: ProviderResponse): ErrorFacts | undefined {
  const { status, headers, body } = response;
  if (body.kind === 'json') return undefined;
  const wall = WALLS.find(({ header, value, matches }) => headers[header] === value && matches(status));
  if (wall === undefined) return undefined;
  const reference = wall.reference === undefined ? undefined : headers[wall.reference];
  return {
    code: 'unavailable',
    providerStatus: status,
    // Another try meets the same wall until someone changes a rule.
    retryable: false,
    ...(reference === undefined ? {} : { providerReference: reference }),
    message:
      `${wall.name} answered with a challenge for browsers (HTTP ${status}), so the request did not reach the provider. ` +
      `Nothing was processed. Ask the owner of the address to let this machine's address skip the challenge (${wall.rule}).`,
  };
}

interface Wall {
  readonly name: string;
  readonly header: string;
  readonly value: string;
  readonly matches: (status: number) => boolean;
  /** What the owner has to set. */
  readonly rule: string;
  /** The header with the id under which the owner finds the event. */
  readonly reference?: string;
}

/**
 * Only what its vendor documents, and what is sent instead of passing the request on:
 *
 * - Cloudflare, "Detect a Challenge Page response": the header is there on every challenge page and has no other value.
 *   Seen with 403, 429 and 503.
 * - AWS WAF, "CAPTCHA and Challenge action behavior": the request is blocked from going to its destination; 202 with
 *   `challenge`, 405 with `captcha`.
 */
const WALLS: readonly Wall[] = [
  {
    name: 'Cloudflare',
    header: 'cf-mitigated',
    value: 'challenge',
    matches: (status) => status >= 400,
    rule: 'a WAF rule with the action Skip for the path of the API',
    reference: 'cf-ray',
  },
  {
    name: 'AWS WAF',
    header: 'x-amzn-waf-action',
    value: 'challenge',
    matches: (status) => status === 202,
    rule: 'a rule with the action Allow, or a scope-down statement, for the path of the API',
  },
  {
    name: 'AWS WAF',
    header: 'x-amzn-waf-action',
    value: 'captcha',
    matches: (status) => status === 405,
    rule: 'a rule with the action Allow, or a scope-down statement, for the path of the API',
  },
];

import * as v from 'valibot';
import type { ProviderResponse, RefusedVerdict, UnclearVerdict } from '../../src/index.ts';

// `result` decides, not the HTTP status: business errors come with 200, access errors with 403.
const answerSchema = v.looseObject({
  result: v.pipe(v.string(), v.toLowerCase(), v.picklist(['success', 'error'])),
  message: v.fallback(v.optional(v.string()), undefined),
});

/** An answer of the WHMCS API; the other fields are the action's own. */
export interface WhmcsAnswer {
  readonly result: 'success' | 'error';
  readonly message?: string | undefined;
  readonly [field: string]: unknown;
}

/** Reads an answer; `undefined` if it is not in the form of this API. */
export function readAnswer({ body }: ProviderResponse): WhmcsAnswer | undefined {
  const parsed = body.kind === 'json' ? v.safeParse(answerSchema, body.value) : undefined;
  return parsed?.success ? parsed.output : undefined;
}

/** What `result: error` means, by its message. */
export function fromErrorAnswer(httpStatus: number, answer: WhmcsAnswer): RefusedVerdict | UnclearVerdict {
  const providerMessage = answer.message ?? '';
  return { ...(knownError(providerMessage) ?? unknownError(httpStatus, providerMessage)), providerMessage };
}

interface KnownError {
  readonly pattern: RegExp;
  readonly code: RefusedVerdict['code'];
  readonly message: (match: RegExpExecArray) => string;
}

const KNOWN_ERRORS: readonly KnownError[] = [
  {
    pattern: /^service id not found$/i,
    code: 'not_found',
    message: () => 'no service has that id. Check the serviceId.',
  },
  {
    pattern: /^(?:authentication failed|invalid or missing credentials)$/i,
    code: 'unauthorized',
    message: () =>
      'the credentials are wrong. Check them before another call: WHMCS bans an address after three failures.',
  },
  {
    pattern: /^invalid ip:? ([0-9a-f.:]{2,45})$/i,
    code: 'forbidden',
    message: (match) =>
      `the address ${match[1] ?? ''} is not on the API allowlist. Add it under Security in the WHMCS general settings.`,
  },
  {
    pattern: /^invalid permissions: api action "?([a-z]{1,40})"? is not allowed$/i,
    code: 'forbidden',
    message: (match) =>
      `the API role of these credentials lacks the action ${match[1] ?? ''}. Allow it under API roles in WHMCS.`,
  },
  {
    pattern: /^administrator account disabled$/i,
    code: 'forbidden',
    message: () => 'the administrator account of these credentials is disabled. Enable it in WHMCS.',
  },
  {
    pattern: /^ip banned$/i,
    code: 'forbidden',
    message: () => 'WHMCS has banned the address of this machine after failed logins. Lift the ban in WHMCS.',
  },
  {
    pattern: /^access denied$/i,
    code: 'forbidden',
    message: () => 'access was denied. Check the API access of these credentials in WHMCS.',
  },
  {
    pattern: /^invalid api action\b/i,
    code: 'unexpected_response',
    message: () => 'this installation does not know the API action. Check its URL, and update WHMCS if it is old.',
  },
];

function knownError(said: string): RefusedVerdict | undefined {
  for (const { pattern, code, message } of KNOWN_ERRORS) {
    const match = pattern.exec(said.trim().replace(/[.!]$/, ''));
    if (match !== null) return { verdict: 'refused', code, message: message(match) };
  }
  return undefined;
}

/** A wording that is not known may come from a payment gateway, after the request was stored. */
function unknownError(httpStatus: number, said: string): UnclearVerdict {
  return {
    verdict: 'unclear',
    reason: httpStatus >= 500 ? 'server_error' : 'provider_error',
    settled: httpStatus < 500,
    message: `WHMCS reported an error that can also come after the request was stored: ${said || 'no message'}.`,
  };
}

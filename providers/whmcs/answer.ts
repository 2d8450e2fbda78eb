import * as v from 'valibot';
import { shownText } from '../../src/provider/fields.ts';
import {
  plainWords,
  refusedAccess,
  readBody,
  refused,
  refusedByStatus,
  unclear,
  type ProviderResponse,
  type RefusedVerdict,
  type UnclearVerdict,
} from '../../src/provider/index.ts';

// `result` decides, not the HTTP status: business errors come with 200, access errors with 403.
const answerSchema = v.looseObject({
  result: v.pipe(
    v.string(),
    v.transform((text) => text.trim().toLowerCase()),
    v.picklist(['success', 'error']),
  ),
  message: shownText,
});

/** A response of the WHMCS API; the other fields are the action's own. */
export interface WhmcsAnswer {
  readonly result: 'success' | 'error';
  readonly message?: string | undefined;
  readonly [field: string]: unknown;
}

/**
 * Reads a response; `undefined` if it is not in the form of this API. JSON is asked for. Of the other two forms that
 * the API has, only an error is believed: some access errors come before the form that was asked for is looked at.
 */
export function readAnswer({ body }: ProviderResponse): WhmcsAnswer | undefined {
  if (body.kind === 'other') return errorInText(body.text);
  // Two answers contradict each other, whatever they say.
  const isTwice = body.kind === 'json' && /\bresult\s*(?:=|&gt;|>)/i.test(body.before ?? '');
  return isTwice ? undefined : readBody({ body }, answerSchema);
}

/** `result=error;message=…;`, or the XML of an error. */
function errorInText(text: string): WhmcsAnswer | undefined {
  const message = ERROR_PAIRS.exec(text)?.[1] ?? xmlMessage(text);
  if (message === undefined) return undefined;
  return { result: 'error', message: message.trim().replace(END_OF_PAIRS, '').trim() };
}

/** The end of the last pair, and not that of an entity. */
const END_OF_PAIRS = /(?<!&[#\w]{1,10});$/;

const ERROR_PAIRS = /^(?:action=\w{1,60};)?result=error;message=(.{0,2000})$/is;

function xmlMessage(text: string): string | undefined {
  if (!/^(?:<\?xml[^<>]{0,200}>\s{0,20})?<whmcsapi\b/i.test(text)) return undefined;
  const results = [...text.matchAll(/<result>\s{0,20}(\w{1,20})\s{0,20}<\/result>/gi)];
  if (results.length !== 1 || results[0]?.[1]?.toLowerCase() !== 'error') return undefined;
  return /<message>\s{0,20}(?:<!\[CDATA\[)?([^<>\]]{0,2000})(?:\]\]>)?\s{0,20}<\/message>/i.exec(text)?.[1];
}

/** What `result: error` means, by its message. */
export function fromErrorAnswer(httpStatus: number, answer: WhmcsAnswer): RefusedVerdict | UnclearVerdict {
  const providerMessage = answer.message ?? '';
  return { ...(knownError(providerMessage) ?? otherError(httpStatus, providerMessage)), providerMessage };
}

interface KnownError {
  readonly pattern: RegExp;
  readonly code: RefusedVerdict['code'];
  readonly message: (match: RegExpExecArray) => string;
}

const ADDRESS = String.raw`[([]?([0-9a-f]{0,4}[.:][0-9a-f.:]{2,41})[)\]]?`;

const KNOWN_ERRORS: readonly KnownError[] = [
  {
    pattern: /^service id not found$/,
    code: 'not_found',
    message: () => 'no service has that id. Check the serviceId.',
  },
  {
    pattern:
      /^(?:invalid permissions?|permission denied|insufficient permissions?): api action "?([a-z]{1,40})"? is not allowed$/,
    code: 'forbidden',
    message: (match) =>
      `the API role of these credentials lacks the action ${match[1] ?? ''}. Allow it under API roles in WHMCS.`,
  },
  {
    pattern: /^administrator account (?:is )?(?:disabled|inactive)$/,
    code: 'forbidden',
    message: () => 'the administrator account of these credentials is disabled. Enable it in WHMCS.',
  },
  {
    pattern: new RegExp(
      `^(?:(?:your )?ip(?: address)?(?: ${ADDRESS})? (?:is |has been )?banned|banned ip(?: address)?(?::? ${ADDRESS})?)$`,
    ),
    code: 'forbidden',
    message: () => 'WHMCS has banned the address of this machine after failed logins. Lift the ban in WHMCS.',
  },
  {
    pattern: /^(?:(?:api )?access (?:is )?(?:denied|forbidden|disabled)|invalid permissions?)$/,
    code: 'forbidden',
    message: () => 'access was denied. Check the API access of these credentials in WHMCS.',
  },
  {
    pattern: /^invalid api action\b/,
    code: 'unexpected_response',
    message: () => 'this installation does not know the API action. Check its URL, and update WHMCS if it is old.',
  },
];

const WRONG_CREDENTIALS =
  'the credentials are wrong. Check them before another call: WHMCS bans an address after three failures. The option ' +
  '`password` is the password itself and is sent as its MD5 hash; a stored hash belongs in `passwordHash`, API ' +
  'credentials in `identifier` and `secret`.';

function notOnAllowlist(address: string): string {
  return `the address ${address} is not on the API allowlist. Add it under Security in the WHMCS general settings.`;
}

function knownError(said: string): RefusedVerdict | undefined {
  // The product's name says nothing: "Invalid WHMCS credentials".
  const access = refusedAccess(said.replace(/\bwhmcs\s{1,10}/i, ''));
  if (access?.code === 'unauthorized') return { verdict: 'refused', code: access.code, message: WRONG_CREDENTIALS };
  if (access !== undefined) return { verdict: 'refused', code: access.code, message: notOnAllowlist(access.address) };
  const words = plainWords(said);
  for (const { pattern, code, message } of KNOWN_ERRORS) {
    const match = pattern.exec(words);
    if (match !== null) return refused(code, message(match));
  }
  return undefined;
}

function otherError(httpStatus: number, said: string): RefusedVerdict | UnclearVerdict {
  // Errors of access come with these two, errors of the action itself with 200. After one, nothing more may be asked:
  // WHMCS bans an address after three refused logins.
  const message = `access was refused: ${said || 'no message'}. Check the credentials, their API role and the API allowlist in WHMCS.`;
  const refusal = refusedByStatus(httpStatus, { unauthorized: message, forbidden: message });
  if (refusal !== undefined) return refusal;
  // A wording that is not known may come from a payment gateway, after the request was stored.
  const open = `WHMCS reported an error that can also come after the request was stored: ${said || 'no message'}.`;
  return { ...unclear(httpStatus >= 500 ? 'server_error' : 'provider_error', open), settled: httpStatus < 500 };
}

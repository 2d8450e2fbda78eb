import { decodeEntities } from '../privacy/decode-entities.ts';

/** What a provider's message says of an account that it does not let in. */
export type AccessRefusal =
  | { readonly code: 'unauthorized' }
  /** The address of this machine is not allowed. */
  | { readonly code: 'forbidden'; readonly address: string };

/**
 * Reads a message that, as a whole, refuses the credentials or the address of the caller, in one of the wordings that
 * panels and frameworks use; `undefined` for every other one. What only contains such words, such as a payment
 * gateway's error, is no refusal.
 */
export function refusedAccess(said: string): AccessRefusal | undefined {
  const words = plainWords(said);
  if (CREDENTIALS.test(words)) return { code: 'unauthorized' };
  const address = ADDRESSES.map((pattern) => pattern.exec(words)?.[1]).find((one) => one !== undefined);
  return address === undefined ? undefined : { code: 'forbidden', address };
}

/**
 * A message in the form that is compared: in lower case, on one line, without escapes for HTML, tags and the marks at
 * its end.
 */
export function plainWords(said: string): string {
  return decodeEntities(said.slice(0, 1000))
    .replaceAll(/<[^<>]{0,200}>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[\s.!;,:]{1,20}$/, '')
    .toLowerCase();
}

const BAD =
  '(?:invalid|incorrect|wrong|bad|missing|expired|revoked|(?:invalid|missing) or (?:missing|invalid|expired))';
const OF = '(?:api |login |access |authentication |authorization |bearer )?';
const LOGIN =
  '(?:credentials?|(?:user ?name|e-?mail(?: address)?|login) (?:or|and) password|login details|identifier or secret|password|token|api ?key)';

const CREDENTIALS = new RegExp(
  `^(?:${[
    'authentication (?:failed|failure|error|required)',
    `${BAD} ${OF}${LOGIN}(?: (?:provided|supplied|given))?`,
    `(?:the |your )?${OF}${LOGIN} (?:(?:is|are|was|were|has|have|has been|have been) )?(?:invalid|incorrect|wrong|missing|expired|revoked|not valid)`,
    'login (?:failed|incorrect)',
    '(?:you are )?not authenticated',
    'unauthenticated',
    'unauthori[sz]ed',
  ].join('|')})$`,
);

const ADDRESS = String.raw`[([]?([0-9a-f]{0,4}[.:][0-9a-f.:]{2,41})[)\]]?`;
const NOT_ALLOWED = '(?:not (?:allowed|authori[sz]ed|permitted|whitelisted)|denied|blocked|forbidden|invalid)';

const ADDRESSES: readonly RegExp[] = [
  new RegExp(
    `^(?:access denied[:,]? )?(?:invalid|forbidden|unauthori[sz]ed|disallowed|blocked|denied) ip(?: address)?:? ${ADDRESS}$`,
  ),
  new RegExp(`^(?:access denied[:,]? )?(?:your )?ip(?: address)?:? ${ADDRESS} (?:is |was )?${NOT_ALLOWED}$`),
];

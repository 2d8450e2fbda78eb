import * as v from 'valibot';
import { shownId, shownText as words } from '../../src/provider/fields.ts';
import {
  refusedAccess,
  refused,
  readBody,
  refusedByStatus,
  type RefusedVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';

const id = v.fallback(v.optional(shownId), undefined);

// Documented is a text with commas.
const ids = v.union([
  shownId,
  v.pipe(
    v.array(v.union([v.number(), v.string()])),
    v.minLength(1),
    v.transform((list) => list.join(',')),
  ),
]);

// Documented is a boolean; PHP may write one as 0 and 1, also as a text.
const truth = v.union([
  v.boolean(),
  v.pipe(
    v.picklist([0, 1, '0', '1', 'false', 'true']),
    v.transform((value) => value === 1 || value === '1' || value === 'true'),
  ),
]);

// PHP writes a list whose keys are not 0, 1, 2… as an object, and a front may put several texts under one field.
const texts = v.union([v.string(), v.array(v.string())]);
const errors = v.pipe(
  v.union([
    texts,
    v.pipe(
      v.record(v.string(), texts),
      v.transform((fields) => Object.values(fields).flat()),
    ),
  ]),
  v.transform((value) => [value].flat()),
);

// Every response of this API is an object with a `status` of its own; the HTTP status comes second.
const answerSchema = v.object({
  status: v.string(),
  serviceid: id,
  message: words,
  errors: v.fallback(v.optional(errors), undefined),
  orderid: id,
  serviceids: v.fallback(v.optional(ids), undefined),
  invoiceid: id,
  invoicepaid: v.fallback(v.optional(truth), undefined),
});

/** A response of EDIS' API. */
export interface EdisAnswer {
  readonly status: string;
  readonly serviceid?: string | undefined;
  readonly message?: string | undefined;
  readonly errors?: readonly string[] | undefined;
  readonly orderid?: string | undefined;
  /** Of an order: the ids of the services, with commas between them. */
  readonly serviceids?: string | undefined;
  readonly invoiceid?: string | undefined;
  readonly invoicepaid?: boolean | undefined;
}

/** Reads a response; `undefined` if it is not in the form of this API. */
export function readAnswer(response: ProviderResponse): EdisAnswer | undefined {
  return readBody(response, answerSchema);
}

/** What an error response says, in one line. */
export function saidIn({ message = '', errors = [] }: EdisAnswer): string {
  return [message, errors.join('; ')].filter((text) => text !== '').join(' ');
}

const WRONG_CREDENTIALS = 'the email address or the client-area password is wrong. Check both.';

/** The documented words for wrong credentials. */
const CREDENTIALS_REFUSED = /^\s*invalid whmcs credentials provided[.!]?\s*$/i;

/**
 * What a response means that refuses the credentials in the documented words, whatever its HTTP status: providers ban
 * after a few bad logins, so it must never be followed by another request. `undefined` for every other response.
 */
export function credentialsRefusal({ status, message = '', errors = [] }: EdisAnswer): RefusedVerdict | undefined {
  if (status !== 'error') return undefined;
  const isRefusal = [message, ...errors].some((text) => CREDENTIALS_REFUSED.test(text));
  return isRefusal ? refused('unauthorized', WRONG_CREDENTIALS) : undefined;
}

/** What an error response means that is the same for every call; `undefined` for one that is the call's own. */
export function commonRefusal(httpStatus: number, said: string): RefusedVerdict | undefined {
  // EDIS' API is a front for WHMCS, whose own words may come through.
  const access = refusedAccess(said);
  if (access?.code === 'unauthorized') return refused('unauthorized', WRONG_CREDENTIALS);
  if (access !== undefined) {
    return refused('forbidden', `the address ${access.address} is not allowed. Ask EDIS to allow it.`);
  }
  return refusedByStatus(httpStatus, {
    unauthorized: WRONG_CREDENTIALS,
    forbidden: `access was refused: ${said}`,
    rate_limited: 'too many requests. Nothing was processed; try again later.',
  });
}

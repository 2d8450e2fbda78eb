import type { ErrorCode } from '../../../src/index.ts';
import { objectIn, type ReadAnswer } from './answer.ts';
import { isClientError, isSuccessStatus, type Oracle } from './oracle.ts';

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
};

/** EDIS: `status === "success"` under a 2xx, and errors as 4xx with `status: "error"`. */
export const edisOracle: Oracle = {
  accepts: (answer, kind) => {
    const body = objectIn(answer);
    if (body === undefined || !isSuccessStatus(answer)) return false;
    // An order that failed is a documented response, too: it means that it may not have been provisioned.
    return body['status'] === 'success' || (kind === 'order' && body['status'] === 'failed');
  },
  refuses: (answer) => {
    if (objectIn(answer)?.['status'] !== 'error') return [];
    // The documented words for wrong credentials say the same under any HTTP status.
    const isAboutLogin = sayings(answer).some(saysWrongLogin);
    return [
      ...(isAboutLogin ? (['unauthorized'] as const) : []),
      ...(isClientError(answer) ? [CODES[answer.status] ?? 'rejected', 'rejected' as const] : []),
    ];
  },
  isDuplicate: (answer) => answer.status < 500 && sayings(answer).some(saysExisting),
  duplicateIsAmbiguous: false,
  speaks: (answer) => typeof objectIn(answer)?.['status'] === 'string',
  isOpen: () => false,
  states: () => new Set(['unknown']),
};

/** Whether a response names an order and its services. */
export function namesOrder(answer: ReadAnswer): boolean {
  const { status, orderid, serviceids } = objectIn(answer) ?? {};
  const isId = (id: unknown): boolean => /^\s*[1-9]\d*\s*$/.test(String(id));
  const ids = typeof serviceids === 'string' ? serviceids.split(',') : [serviceids];
  return status === 'success' && isId(orderid) && ids.every(isId);
}

function sayings(answer: ReadAnswer): readonly unknown[] {
  const { message, errors } = objectIn(answer) ?? {};
  return [message, ...(Array.isArray(errors) ? errors : [])];
}

// The words are WHMCS's, which stands behind this API. A sentence that merely holds them says something else.
function saysExisting(text: unknown): boolean {
  return typeof text === 'string' && /(?:^|: )existing cancellation request exists(?!\w)/i.test(text);
}

function saysWrongLogin(text: unknown): boolean {
  return (
    typeof text === 'string' && text.trim().replace(/[.!]$/, '').toLowerCase() === 'invalid whmcs credentials provided'
  );
}

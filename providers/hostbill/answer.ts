import * as v from 'valibot';
import {
  absentOrError,
  readBody,
  refused,
  refusedAccess,
  type AbsentVerdict,
  type NoVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';

// A text, a list of them, or nothing; structured errors were seen in a list.
const texts = v.optional(
  v.pipe(
    v.nullable(v.union([v.string(), v.array(v.unknown())])),
    v.transform((value) => (typeof value === 'string' ? [value] : (value ?? []))),
    v.transform((all) => all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))),
    v.transform((all) => all.filter((one) => one.trim() !== '')),
  ),
  [],
);

const answerSchema = v.pipe(
  v.object({
    error: texts,
    info: texts,
    status: v.optional(v.unknown()),
    success: v.optional(v.unknown()),
  }),
  v.transform(({ error, info, status, success }) => ({
    errors: error,
    info,
    isFailed: error.length > 0 || status === false || success === false,
  })),
);

/** A response in the form of this API, as far as every call has it. */
export interface HostbillAnswer {
  readonly errors: readonly string[];
  readonly info: readonly string[];
  /** Whether anything in it says that the call failed. */
  readonly isFailed: boolean;
}

/** Reads a response; `undefined` if it is not in the form of this API. Of a text alone, a refused login is believed. */
export function readAnswer({ body }: ProviderResponse): HostbillAnswer | undefined {
  if (body.kind === 'other') {
    const text = body.text.trim();
    const isRefusal = text === WRONG_LOGIN || refusedAccess(text) !== undefined;
    return isRefusal ? { errors: [text], info: [], isFailed: true } : undefined;
  }
  // Two answers contradict each other, whatever they say.
  const isTwice = body.kind === 'json' && /"(?:error|info)"/.test(body.before ?? '');
  return isTwice ? undefined : readBody({ body }, answerSchema);
}

const WRONG_LOGIN = 'wronglogin';

/** What a response means that is not the success of its call. Errors come with any status, usually 200. */
export function fromNo(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const { errors = [] } = readAnswer(response) ?? {};
  if (errors.length === 0) return { verdict: 'unrecognized' };
  const { status } = response;
  const words = { providerMessage: errors.join('; ') };
  if (status < 500 && status !== 404 && errors.includes(WRONG_LOGIN)) {
    return {
      ...words,
      ...refused('unauthorized', 'the portal refuses the credentials. Check them.'),
      providerCode: WRONG_LOGIN,
    };
  }
  // One of them may refuse the credentials or the address beside others.
  const providerMessage = errors.find((text) => refusedAccess(text) !== undefined) ?? words.providerMessage;
  return { ...absentOrError(Math.max(status, 400), { providerMessage }), ...words };
}

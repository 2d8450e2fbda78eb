import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  absentOrError,
  defined,
  readBody,
  type AbsentVerdict,
  type NoVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';

const errorSchema = v.pipe(
  v.object({
    errorCode: v.fallback(v.optional(shownId), undefined),
    errorMessage: text,
    correlationId: text,
    errorDetails: v.fallback(v.record(v.string(), v.array(v.string())), {}),
  }),
  v.check(({ errorCode, errorMessage }) => (errorCode ?? errorMessage) !== undefined),
);

/** What a response means that is not the documented success. */
export function fromErrorResponse(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const { status } = response;
  const body = status >= 400 ? readBody(response, errorSchema) : undefined;
  if (body === undefined) return { verdict: 'unrecognized' };
  const { errorCode: providerCode, errorMessage = providerCode ?? '', correlationId, errorDetails } = body;
  const details = Object.entries(errorDetails).map(([field, complaints]) => `${field}: ${complaints.join(', ')}`);
  const words = {
    ...defined({ providerCode, providerReference: correlationId }),
    providerMessage: [errorMessage, ...details].join('; '),
  };
  // The codes are HTTP statuses. The description shows a 404 with the code 401, which does not say “nothing”.
  const said = status === 404 && /^[45]\d\d$/.test(providerCode ?? '') ? Number(providerCode) : status;
  return absentOrError(said, words, { unauthorized: 'the API key was refused. Check it.' });
}

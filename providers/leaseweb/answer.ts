import * as v from 'valibot';
import {
  defined,
  readBody,
  verdictOnError,
  type AbsentVerdict,
  type NoVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';

const text = v.fallback(v.optional(v.string()), undefined);

const errorSchema = v.pipe(
  v.object({
    errorCode: v.fallback(v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), undefined),
    errorMessage: text,
    correlationId: text,
    errorDetails: v.fallback(v.record(v.string(), v.array(v.string())), {}),
  }),
  v.check(({ errorCode, errorMessage }) => (errorCode ?? errorMessage) !== undefined),
);

/** What an answer means that is not the documented success. */
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
  // The description has a 404 whose code is 401: that is no word on whether it exists.
  const isAbsent =
    status === 404 && (providerCode === undefined || !/^\d{3}$/.test(providerCode) || providerCode === '404');
  if (isAbsent) return { verdict: 'absent', ...words };
  return verdictOnError(status, words, { unauthorized: 'the API key was refused. Check it.' });
}

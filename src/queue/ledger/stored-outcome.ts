import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode } from '../../contract/error-code.ts';
import { ProviderError, type ProviderErrorDetails } from '../../contract/provider-error.ts';
import type { CancelResult } from '../../contract/result.ts';

// The longest `raw` that is kept, in UTF-16 code units of its JSON, and its greatest depth. The rest is small.
const MAX_RAW = 16_384;
const MAX_DEPTH = 64;

/** A result as it is written into a row: without a `raw` that is too long to be kept. */
export function storable(result: CancelResult): CancelResult {
  const { existing } = result;
  return {
    ...result,
    ...(existing === undefined ? {} : { existing: { ...existing, raw: kept(existing.raw) } }),
    raw: kept(result.raw),
  };
}

/** The same for an error. */
export function storableError(error: ProviderError): ProviderError {
  const { existing } = error;
  if (existing === undefined) return error;
  return new ProviderError(error.code, {
    ...error,
    message: error.message,
    existing: { ...existing, raw: kept(existing.raw) },
  });
}

function kept(raw: unknown): unknown {
  if (raw === undefined) return raw;
  return isDeep(raw, MAX_DEPTH) || JSON.stringify(raw).length > MAX_RAW ? 'too long to be kept' : raw;
}

function isDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeep(inner, depth - 1));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** A result out of a row, which only {@link storable} writes. */
export const storedResult: v.GenericSchema<unknown, CancelResult> = v.custom<CancelResult>(isObject);

interface StoredError extends ProviderErrorDetails {
  readonly code: ErrorCode;
  /** The former name of `providerStatus`, in rows of earlier versions. */
  readonly status?: number;
}

/** An error out of a row, as its `toJSON` wrote it. */
export const storedError: v.GenericSchema<unknown, ProviderError> = v.pipe(
  v.custom<StoredError>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'code' in value &&
      typeof value.code === 'string' &&
      Object.hasOwn(ERROR_CODES, value.code),
  ),
  v.transform(({ code, status, ...details }) => new ProviderError(code, { providerStatus: status, ...details })),
);

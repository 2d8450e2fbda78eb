import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode } from '../error-code.ts';
import { ProviderError, type ProviderErrorDetails } from '../provider-error.ts';
import type { CancelResult } from '../result.ts';

// The longest `raw` that is kept, in UTF-16 code units of its JSON. The rest of a result is small.
const MAX_RAW = 16_384;

/** A result as it is written into a row: without a `raw` that is too long to be kept. */
export function storable(result: CancelResult): CancelResult {
  const isLong = (raw: unknown): boolean => (JSON.stringify(raw) ?? '').length > MAX_RAW;
  const { existing } = result;
  return {
    ...result,
    ...(existing === undefined ? {} : { existing: isLong(existing.raw) ? { ...existing, raw: LEFT_OUT } : existing }),
    raw: isLong(result.raw) ? LEFT_OUT : result.raw,
  };
}

const LEFT_OUT = 'too long to be kept';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** A result out of a row, which only {@link storable} writes. */
export const storedResult: v.GenericSchema<unknown, CancelResult> = v.custom<CancelResult>(isObject);

interface StoredError extends ProviderErrorDetails {
  readonly code: ErrorCode;
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
  v.transform(({ code, ...details }) => new ProviderError(code, details)),
);

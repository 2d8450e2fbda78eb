import type { VpsbgCancelOrder } from './emulator-types.ts';

/** The complaints about a body, by field. */
export type Complaints = Record<string, string[]>;

/** The ids in a list field; the complaints grow when it is missing, empty or holds anything but integers. */
export function readIds(
  body: Readonly<Record<string, unknown>>,
  field: string,
  complaints: Complaints,
): readonly number[] {
  const label = field.replaceAll('_', ' ');
  const value = body[field];
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) {
    complaints[field] = [`The ${label} field is required.`];
    return [];
  }
  if (!Array.isArray(value)) {
    complaints[field] = [`The ${label} field must be an array.`];
    return [];
  }
  return value.flatMap((id: unknown, index) => {
    if (typeof id === 'number' && Number.isInteger(id)) return [id];
    complaints[`${field}.${index}`] = [`The ${field}.${index} field must be an integer.`];
    return [];
  });
}

/** The fields `now` and `reason`; the complaints grow when they are of a wrong type, or missing if required. */
export function readCancelOrder(
  body: Readonly<Record<string, unknown>>,
  complaints: Complaints,
  required: readonly ('now' | 'reason')[],
): VpsbgCancelOrder {
  const { now, reason } = body;
  if (now === undefined || now === null) {
    if (required.includes('now')) complaints['now'] = ['The now field is required.'];
  } else if (typeof now !== 'boolean') complaints['now'] = ['The now field must be true or false.'];
  if (reason === undefined || reason === null || reason === '') {
    if (required.includes('reason')) complaints['reason'] = ['The reason field is required.'];
  } else if (typeof reason !== 'string') complaints['reason'] = ['The reason field must be a string.'];
  return { now: now === true, reason: typeof reason === 'string' && reason !== '' ? reason : undefined };
}

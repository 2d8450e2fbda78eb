import type { ConformanceSubject } from './subject.ts';
import { orderOf, serviceWith } from './trial.ts';

/**
 * The headers of the cancellation that are made for each attempt: those of access and, unless it is `signed` that is
 * asked for, the id of the request.
 */
export async function madeHeaders(subject: ConformanceSubject, which?: 'signed'): Promise<readonly string[]> {
  // Version 1 makes none: what a preview leaves out there is the same each time.
  if (subject.provider.specVersion === 1) return [];
  const service = serviceWith(subject, subject.config('http://127.0.0.1:2'));
  const { headers } = await service.preview(orderOf(subject));
  const isMade = (value: string): boolean => value === '[REDACTED]' || (which === undefined && value === '[NEW UUID]');
  return Object.entries(headers).flatMap(([name, value]) => (isMade(value) ? [name] : []));
}

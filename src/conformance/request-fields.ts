import type { SeenRequest } from './loopback.ts';
import type { ConformanceSubject } from './subject.ts';
import { orderOf, serviceWith } from './trial.ts';

/** A request's values by where they stand (`header.authorization`, `query.id`, `body.order.reason`), decoded. */
export function fieldsOf(request: SeenRequest): ReadonlyMap<string, string> {
  const url = new URL(request.target, 'http://loopback');
  const fields = new Map<string, string>([['path', url.pathname]]);
  for (const [name, value] of url.searchParams) fields.set(`query.${name}`, value);
  for (const [name, value] of Object.entries(request.headers)) fields.set(`header.${name}`, value);
  for (const [name, value] of bodyFields(request)) fields.set(name, value);
  return fields;
}

/** A request's values, without what differs from server to server. */
export function contentOf(request: SeenRequest): Readonly<Record<string, string>> {
  return Object.fromEntries([...fieldsOf(request)].filter(([place]) => place !== 'header.host'));
}

/** The places where a text stands in a request. */
export function placesOf(request: SeenRequest, text: string): readonly string[] {
  return [...fieldsOf(request)].filter(([, value]) => value.includes(text)).map(([place]) => place);
}

function bodyFields({ body, headers }: SeenRequest): readonly (readonly [string, string])[] {
  if (body === '') return [];
  if (headers['content-type']?.includes('form-urlencoded')) {
    return [...new URLSearchParams(body)].map(([name, value]) => [`body.${name}`, value] as const);
  }
  const value: unknown = JSON.parse(body);
  return leaves(value, 'body');
}

function leaves(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => leaves(entry, `${path}.${key}`));
}

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

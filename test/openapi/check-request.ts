import type { RecordedRequest } from '../support/fetch.ts';
import { type ApiOperation, type ApiSecurityScheme, findOperation } from './description.ts';
import { violationsOf } from './json-schema.ts';

/** A request and the operation that it belongs to, with every difference between them. */
export interface CheckedRequest {
  /** `undefined` if the description has no such operation. */
  readonly operation: ApiOperation | undefined;
  /** One sentence each; empty if the request is as described. */
  readonly violations: readonly string[];
}

/**
 * Holds a request against the description, strictly: what is not described is wrong.
 *
 * @param signedWith lower-case names of headers that every request carries in place of the security schemes described,
 * but for those that need no credentials.
 */
export function checkRequest(
  operations: readonly ApiOperation[],
  request: RecordedRequest,
  signedWith: readonly string[] = [],
): CheckedRequest {
  const { method, url } = request;
  const found = findOperation(operations, method, url);
  if (found === undefined) {
    return { operation: undefined, violations: [`the description has no ${method} ${url.replace(/\?.*$/, '')}`] };
  }
  const { operation, pathValues } = found;
  const signed = operation.isOpen ? [] : signedWith;
  const values = {
    path: pathValues,
    query: new Map(new URL(url).searchParams),
    header: new Map(Object.entries(request.headers)),
  };
  const violations = [
    ...parameterViolations(operation, values),
    ...unknownNames(operation, values, signed),
    ...(signed.length > 0 ? missing(signed, values.header) : securityViolations(operation, values)),
    ...bodyViolations(operation, request),
  ];
  return { operation, violations: violations.map((violation) => `${operation.name}: ${violation}`) };
}

interface Values {
  readonly path: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
  readonly header: ReadonlyMap<string, string>;
}

function parameterViolations({ parameters }: ApiOperation, values: Values): readonly string[] {
  return parameters.flatMap(({ name, in: place, required, schema }) => {
    if (place === 'cookie') return required ? [`the cookie ${name} is not sent`] : [];
    const value = values[place].get(place === 'header' ? name.toLowerCase() : name);
    if (value === undefined) return required ? [`${place} ${name} is missing`] : [];
    return violationsOf(schema, value, true).map((violation) => `${place} ${name}: ${violation}`);
  });
}

/** Names in the query and the headers that the operation does not describe. */
function unknownNames(
  { parameters, security }: ApiOperation,
  { query, header }: Values,
  signedWith: readonly string[],
): readonly string[] {
  const known = new Set(parameters.map(({ name, in: place }) => `${place} ${name}`.toLowerCase()));
  for (const [, scheme] of security.flat()) known.add(credentialOf(scheme));
  for (const name of [...HTTP_HEADERS, ...signedWith]) known.add(`header ${name}`);
  const sent = [
    ...[...query.keys()].map((name) => `query ${name}`),
    ...[...header.keys()].map((name) => `header ${name}`),
  ];
  return sent.filter((name) => !known.has(name.toLowerCase())).map((name) => `${name} is not described`);
}

/** What HTTP itself has. */
const HTTP_HEADERS = ['accept', 'cache-control', 'content-type', 'pragma', 'user-agent'];

function missing(names: readonly string[], header: ReadonlyMap<string, string>): readonly string[] {
  return names.filter((name) => !header.has(name)).map((name) => `header ${name} is missing`);
}

function securityViolations({ security }: ApiOperation, { query, header }: Values): readonly string[] {
  const isMet = ([, scheme]: readonly [string, ApiSecurityScheme | undefined]): boolean => {
    const [place, name = ''] = credentialOf(scheme).split(' ');
    const value = place === 'query' ? query.get(name) : header.get(name);
    return value !== undefined && prefixOf(scheme).test(value);
  };
  if (security.length === 0 || security.some((schemes) => schemes.every(isMet))) return [];
  return [
    `none of the security schemes is met: ${security.map((all) => all.map(([name]) => name).join(' and ')).join(', ')}`,
  ];
}

/** `header x-access-token` */
function credentialOf(scheme: ApiSecurityScheme | undefined): string {
  if (scheme?.type === 'apiKey') return `${scheme.in ?? ''} ${scheme.name ?? ''}`.toLowerCase();
  return 'header authorization';
}

function prefixOf(scheme: ApiSecurityScheme | undefined): RegExp {
  if (scheme?.type === 'apiKey') return /./;
  return scheme?.scheme?.toLowerCase() === 'basic' ? /^Basic [\w+/=]+$/ : /^Bearer ./;
}

function bodyViolations({ requestBody }: ApiOperation, { body, headers }: RecordedRequest): readonly string[] {
  const sentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (requestBody === undefined) {
    return body === '' && sentType === undefined ? [] : [`no body is described, and one is sent: ${sentType ?? body}`];
  }
  if (body === '') return requestBody.required ? ['the body is missing'] : [];
  const described = Object.entries(requestBody.content).find(([type]) => type.toLowerCase() === sentType)?.[1];
  if (described === undefined) {
    return [`the body is ${sentType ?? 'of no type'} instead of ${Object.keys(requestBody.content).join(', ')}`];
  }
  const isForm = sentType === 'application/x-www-form-urlencoded';
  const value: unknown = isForm ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
  return violationsOf(described.schema ?? {}, value, isForm);
}

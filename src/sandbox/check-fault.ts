import type { Fault, FaultKind } from './faults.ts';
import { isObject } from './kit/bodies.ts';

/**
 * Refuses a fault that the sandbox could not carry out as it was meant.
 * @throws TypeError on an unknown kind, an unknown or missing field or a wrong type; RangeError on a number out of
 * range.
 */
export function checkFault(provider: string, fault: Fault): void {
  const where = `sandbox.${provider}.fault`;
  const given: unknown = fault;
  if (!isObject(given)) throw new TypeError(`${where}: expected an object such as { kind: 'latency', ms: 200 }.`);
  const { kind } = given;
  if (!isKind(kind)) {
    throw new TypeError(`${where}: unknown kind ${JSON.stringify(kind)}; expected ${Object.keys(fields).join(', ')}.`);
  }
  const known: ReadonlyMap<string, Field> = new Map(Object.entries({ ...scope, ...fields[kind] }));
  for (const name of Object.keys(given)) {
    if (name !== 'kind' && !known.has(name)) {
      throw new TypeError(
        `${where}: ${kind} has no field "${name}"; it has ${[...known.keys()].join(', ') || 'no fields'}.`,
      );
    }
  }
  for (const [name, field] of known) {
    const value = given[name];
    if (value === undefined && field.optional === true) continue;
    if (field.accepts(value)) continue;
    const message = `${where}: ${kind}.${name}: expected ${field.expected}.`;
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
  }
}

interface Field {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly optional?: true;
}

/** What `setTimeout` can wait. */
const longestWait = 2_147_483_647;
const largestBody = 64 * 1024 * 1024;

const executed: Field = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
const milliseconds: Field = {
  expected: `a number of milliseconds from 0 to ${longestWait}`,
  accepts: (value) => typeof value === 'number' && value >= 0 && value <= longestWait,
};
const bytes: Field = {
  expected: `a whole number of bytes from 1 to ${largestBody}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= largestBody,
};
const bodyStatus: Field = {
  expected: 'a status from 200 to 599, other than 204, 205 and 304',
  accepts: (value) =>
    Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599 && ![204, 205, 304].includes(Number(value)),
  optional: true,
};
const emptyStatus: Field = {
  expected: 'a status from 200 to 599',
  accepts: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  optional: true,
};
const retryAfter: Field = {
  expected: 'a number of seconds, zero or more, or a text for the Retry-After header',
  accepts: (value) =>
    typeof value === 'number' ? Number.isFinite(value) && value >= 0 : typeof value === 'string' && isHeaderText(value),
  optional: true,
};

const scope: Readonly<Record<string, Field>> = {
  times: {
    expected: 'a whole number above zero, or Infinity',
    accepts: (value) => value === Infinity || (Number.isInteger(value) && Number(value) > 0),
    optional: true,
  },
  only: {
    expected: 'a function that takes the recorded request',
    accepts: (value) => typeof value === 'function',
    optional: true,
  },
};

const fields: Readonly<Record<FaultKind, Readonly<Record<string, Field>>>> = {
  latency: { ms: milliseconds },
  hang: { executed },
  reset: { executed },
  cut_body: {},
  late_execution: { ms: milliseconds, connection: choice('reset', 'hang') },
  rate_limit: { retryAfter },
  server_error: { status: choice(500, 502, 503, 504), executed, retryAfter },
  html: { status: bodyStatus, executed },
  firewall: {},
  truncated: { executed },
  empty: { status: emptyStatus, executed },
  slow_body: { ms: milliseconds, bytes: { ...bytes, optional: true } },
  redirect: {
    status: choice(301, 302, 303, 307, 308),
    location: {
      expected: 'a text for the Location header',
      accepts: (value) => typeof value === 'string' && isHeaderText(value),
    },
  },
  oversize: { bytes, executed, gzip: { ...executed, optional: true } },
};

function choice(...choices: readonly (string | number)[]): Field {
  return {
    expected: choices.join(', '),
    accepts: (value) => choices.some((accepted) => accepted === value),
    optional: true,
  };
}

function isHeaderText(value: string): boolean {
  return /^[\x20-\x7e]+$/.test(value);
}

function isKind(kind: unknown): kind is FaultKind {
  return typeof kind === 'string' && Object.hasOwn(fields, kind);
}

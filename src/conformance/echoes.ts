import type { JsonValue } from '../provider/index.ts';
import { encodingsOf } from './secret-encodings.ts';
import type { ConformanceAnswer } from './subject.ts';

/** Makes other answers of some, which say the same and echo secrets. `kind` is what these are an example of. */
export type Echoing = (
  answers: readonly ConformanceAnswer[],
  kind: string,
) => readonly (readonly ConformanceAnswer[])[];

const ENCODINGS_AT_ONCE = 8;

/** Secrets after one text of the answers at a time. */
export function inWords(secrets: readonly string[]): Echoing {
  const echoesFor = sharedOut(echoesOf(secrets));
  return (answers, kind) =>
    placesOf(answers).flatMap((place, at) =>
      echoesFor(`${kind} ${place}`).map((echo) => withTextAt(answers, at, ` ${echo}`)),
    );
}

/** Secrets in a new field, in a header, and in a body that is something else altogether. */
export function aroundWords(secrets: readonly string[]): Echoing {
  const echoesFor = sharedOut(echoesOf(secrets));
  return (answers, kind) =>
    echoesFor(kind).flatMap((echo) => [
      answers.map((answer) => ({ ...answer, ...withField(answer, echo) })),
      answers.map((answer) => ({ ...answer, headers: { ...answer.headers, 'x-request-id': inHeader(echo) } })),
      answers.map((answer) => ({ ...answer, body: `<html><body>Error: ${echo}</body></html>` })),
      answers.map((answer) => ({ ...answer, body: JSON.stringify(echo) })),
    ]);
}

/** Texts that hold every secret in every encoding: several, since the end of a long message is cut off. */
function echoesOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap(encodingsOf);
  return Array.from({ length: Math.ceil(forms.length / ENCODINGS_AT_ONCE) }, (_, index) =>
    forms.slice(index * ENCODINGS_AT_ONCE, (index + 1) * ENCODINGS_AT_ONCE).join(' '),
  );
}

/** Gives all the echoes to the first of a name, and one to each that follows, the next one each time. */
function sharedOut(echoes: readonly string[]): (name: string) => readonly string[] {
  const counts = new Map<string, number>();
  return (name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const next = count % echoes.length;
    return count === 0 ? echoes : echoes.slice(next, next + 1);
  };
}

function withField({ body }: ConformanceAnswer, echo: string): { readonly body?: JsonValue } {
  if (typeof body !== 'object' || body === null) return {};
  const field = { echo, [`key ${echo}`]: { deep: [echo] } };
  return { body: isList(body) ? [...body, field] : { ...body, ...field } };
}

function inHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** Where the texts of the bodies stand, in the order of {@link withTextAt}; the entries of a list are all one place. */
function placesOf(answers: readonly ConformanceAnswer[]): readonly string[] {
  const walk = (value: unknown, path: string): readonly string[] => {
    if (typeof value === 'string') return [path];
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((entry) => walk(entry, `${path}.*`));
    return Object.entries(value).flatMap(([key, entry]) => walk(entry, `${path}.${key}`));
  };
  return answers.flatMap(({ body }, index) => walk(body, String(index)));
}

/** The answers with `suffix` after the text that is number `at` of those in their bodies. */
function withTextAt(answers: readonly ConformanceAnswer[], at: number, suffix: string): readonly ConformanceAnswer[] {
  let count = 0;
  const change = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return count++ === at ? `${value}${suffix}` : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map(change);
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, entry === undefined ? entry : change(entry)]),
    );
  };
  return answers.map((answer) => (answer.body === undefined ? answer : { ...answer, body: change(answer.body) }));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

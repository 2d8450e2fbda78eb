/**
 * A value as JSON in one line. Characters that control a terminal or end a line are escaped, which makes no difference
 * to a parser.
 */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(/[\u007F-\u009F\u2028\u2029]|\p{Cf}/gu, (found) =>
    found.split('').map(escaped).join(''),
  );
}

function escaped(unit: string): string {
  return String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

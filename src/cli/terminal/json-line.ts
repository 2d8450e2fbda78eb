/** A value as JSON in one line. What steers a terminal or ends a line is escaped, which a parser does not notice. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(/[\u007F-\u009F\u2028\u2029]|\p{Cf}/gu, (found) =>
    found.split('').map(escaped).join(''),
  );
}

function escaped(unit: string): string {
  return String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * How the values of the queue's own connections are read: as `pg` reads them by default, whatever parsers the program
 * has set with `pg.types.setTypeParser`, which apply to every connection of the process.
 */
export const OWN_TYPES: { readonly getTypeParser: (oid: number) => Parser } = {
  getTypeParser: (oid) => PARSERS[oid] ?? unchanged,
};

type Parser = (text: string) => unknown;

const unchanged: Parser = (text) => text;
const toNumber: Parser = (text) => Number(text);
const toJson: Parser = (text) => JSON.parse(text);

// By the numbers that the server's own types have: bool, int2, int4, oid, float4, float8, json, jsonb, timestamptz. An
// int8 and a numeric stay text, as they may be larger than a number can be.
const PARSERS: Readonly<Record<number, Parser>> = {
  16: (text) => text === 't',
  21: toNumber,
  23: toNumber,
  26: toNumber,
  700: toNumber,
  701: toNumber,
  114: toJson,
  3802: toJson,
  // As the server writes a time with the settings of each transaction: `2026-05-01 10:00:00.123456+00`.
  1184: (text) => new Date(`${text.replace(' ', 'T')}:00`),
};

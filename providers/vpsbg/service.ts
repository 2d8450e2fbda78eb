import * as v from 'valibot';
import type { StandardSchema } from '../../src/index.ts';

/** A server at VPSBG. */
export interface VpsbgService {
  /** The number of the server, as `GET /v1/servers` lists it. */
  readonly serverId: number | string;
}

/** The checked reference. */
export interface VpsbgServer {
  readonly serverId: number;
}

const expected = 'a positive whole number';

export const vpsbgServiceSchema: StandardSchema<VpsbgService, VpsbgServer> = v.strictObject(
  {
    serverId: v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^[1-9]\d*$/), v.transform(Number))], expected),
      v.safeInteger(expected),
      v.minValue(1, expected),
    ),
  },
  'an object with only serverId',
);

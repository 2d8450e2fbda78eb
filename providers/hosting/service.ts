import * as v from 'valibot';
import { onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

/** A hosting and the domain that it is linked to. */
export interface HostingService {
  /** The hosting's identifier, such as `1_aed1…`. */
  readonly hostingId: string;
  /** The API refuses the call if this domain is not linked to the hosting. */
  readonly domain: string;
}

const expectedId = 'the identifier of a hosting: 1 to 128 visible ASCII characters that are one path segment';
const expectedDomain = 'a domain name';

export const hostingServiceSchema: StandardSchema<HostingService, HostingService> = constantMessages(
  onlyFields({
    hostingId: v.pipe(
      v.string(expectedId),
      v.regex(/^(?!\.{1,2}$)[\x21-\x7e]{1,128}$/, expectedId),
      v.regex(/^[^/\\?#%]+$/, expectedId),
    ),
    domain: v.pipe(
      v.string(expectedDomain),
      v.maxLength(253, expectedDomain),
      v.regex(/^[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+\.?$/u, expectedDomain),
    ),
  }),
);

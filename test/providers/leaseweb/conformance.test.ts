import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { instanceSubject, serviceSubject } from './fixtures.ts';

describe('a service of Leaseweb', () => {
  providerConformance(serviceSubject, { describe, it });
});

describe.each(['hourly', 'monthly', 'committed'] as const)('an instance of Leaseweb (%s)', (kind) => {
  providerConformance(instanceSubject(kind), { describe, it });
});

import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { subjectOf } from './fixtures.ts';

describe.each(['contract', 'item'] as const)('mittwald’s %s', (kind) => {
  providerConformance(subjectOf(kind), { describe, it });
});

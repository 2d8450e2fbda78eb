import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { subjectOf } from './fixtures.ts';

describe.each(['basic', 'login', 'token'] as const)('HostBill, entered by %s', (way) => {
  providerConformance(subjectOf(way), { describe, it });
});

import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { subject } from './fixtures.ts';

providerConformance(subject, { describe, it });

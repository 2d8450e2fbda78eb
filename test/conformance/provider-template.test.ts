import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { fixtures, revokeFixtures, statusFixtures } from '../../examples/provider-template/fixtures.ts';
import { exampleHostProvider } from '../../examples/provider-template/index.ts';

const token = 'tok_conformance+7/Q&x';

providerConformance(
  {
    provider: exampleHostProvider,
    config: (baseUrl) => ({ baseUrl, token }),
    secrets: [token],
    service: { subscriptionId: 'sub_8f2k' },
    invalidServices: [{ subscriptionId: '8f2k' }, { subscriptionId: 'sub_' }, { subscriptionId: 'sub_8F2K' }],
    fixtures,
    statusFixtures,
    revokeFixtures,
  },
  { describe, it },
);

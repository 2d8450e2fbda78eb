import { setDefaultCACertificates } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate, type Certificate } from '../campaign/certificate.ts';
import { deliver, WHOLE } from './bodies.ts';
import { faultsOf, runMatrix, stacks } from './matrix.ts';

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
});

describe('cancellations at providers that fail in every way', () => {
  it.each(stacks.map((stack) => [stack.name, stack] as const))(
    'are executed once at most and reported truly over %s',
    async (name, stack) => {
      const plan = { jobs: 60, concurrency: 20, seed: `small ${name}`, certificate };
      const [tally] = await runMatrix([stack], plan);
      // What a dispatcher repeats by itself cannot be kept from being executed twice, but it must not be misreported.
      expect(tally && faultsOf(tally, name.includes('repeats'))).toEqual([]);
      expect(tally?.faulted).toBeGreaterThan(0.3);
    },
    60_000,
  );
});

describe('a cancellation by DELETE', () => {
  it.each(stacks.map((stack) => [stack.name, stack] as const))('arrives with its body over %s', async (_, stack) => {
    expect(await deliver(stack, certificate)).toEqual(WHOLE);
  });
});

describe('the stacks', () => {
  it('can all run on the Node.js of the tests', () => {
    expect(stacks.filter(({ cannotRun }) => cannotRun !== undefined)).toEqual([]);
  });
});

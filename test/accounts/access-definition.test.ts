import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../src/accounts/define-provider.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';

type Definition = Parameters<typeof checkDefinition>[0];

function definition(specVersion: number, parts: Partial<Definition>): Definition {
  return {
    specVersion,
    id: 'acme',
    capabilities: LEAST_CAPABILITIES,
    ...parts,
  };
}

describe('the definition of a provider', () => {
  it.each<[string, Partial<Definition>]>([
    ['access', { access: { headers: () => ({}) } }],
    ['origins', { origins: () => ({}) }],
    ['responseIdHeader', { responseIdHeader: 'x-request-id' }],
  ])('of version 1 has no %s', (name, parts) => {
    expect(() => checkDefinition(definition(1, parts))).toThrow(name);
    expect(() => checkDefinition(definition(2, parts))).not.toThrow();
  });

  it('has headers in its access', () => {
    expect(() => checkDefinition(definition(2, { access: {} }))).toThrow('function headers');
  });

  it.each(['X-Request-Id', 'x request', '', 'x-id:'])('names the header of the id in lower case, not as %j', (name) => {
    expect(() => checkDefinition(definition(2, { responseIdHeader: name }))).toThrow('in lower case');
  });
});

import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../src/accounts/define-provider.ts';
import type { Capabilities } from '../../src/index.ts';

const capabilities: Capabilities = {
  timings: ['immediate'],
  reason: { field: 'no' },
  readBack: false,
  revoke: false,
  immediateDestroysData: 'unknown',
  recognizesRepeat: 'no',
};

type Definition = Parameters<typeof checkDefinition>[0];

function definition(specVersion: number, parts: Partial<Definition> = {}): Definition {
  return { specVersion, id: 'acme', capabilities, ...parts };
}

describe('the definition of a provider', () => {
  it.each([1, 2])('may be of version %i', (specVersion) => {
    expect(() => checkDefinition(definition(specVersion))).not.toThrow();
  });

  it.each([0, 3, 1.5, Number.NaN])('is not of version %d', (specVersion) => {
    expect(() => checkDefinition(definition(specVersion))).toThrow('specVersion must be 1 or 2');
  });

  it.each<[string, Partial<Definition>]>([
    ['access', { access: { headers: () => ({}) } }],
    ['origins', { origins: () => ({}) }],
    ['responseIdHeader', { responseIdHeader: 'x-request-id' }],
    ['extras', { extras: {} }],
    ['options', { options: () => undefined }],
    ['confirm', { confirm: () => undefined }],
    ['the timing on_date', { capabilities: { ...capabilities, timings: ['immediate', 'on_date'] } }],
    ['the timing earliest', { capabilities: { ...capabilities, timings: ['earliest'] } }],
    ['the timing end_of_term', { capabilities: { ...capabilities, timings: ['end_of_term'] } }],
  ])('of version 1 has no %s', (name, parts) => {
    expect(() => checkDefinition(definition(1, parts))).toThrow(`needs specVersion 2 for ${name}`);
    expect(() => checkDefinition(definition(2, parts))).not.toThrow();
  });

  it('has headers in its access', () => {
    expect(() => checkDefinition(definition(2, { access: {} }))).toThrow('headers function');
  });

  it.each(['X-Request-Id', 'x request', '', 'x-id:'])('names the header of the id in lower case, not as %j', (name) => {
    expect(() => checkDefinition(definition(2, { responseIdHeader: name }))).toThrow('in lower case');
  });
});

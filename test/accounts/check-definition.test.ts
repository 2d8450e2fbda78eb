import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../src/accounts/define-provider.ts';

type Definition = Parameters<typeof checkDefinition>[0];

const capabilities: Definition['capabilities'] = {
  timings: ['immediate', 'end_of_period'],
  reason: { field: 'optional' },
  readBack: false,
  revoke: false,
  immediateDestroysData: 'unknown',
  recognizesRepeat: 'no',
};
const one: Definition = { specVersion: 1, id: 'sample', capabilities };
const two: Definition = { ...one, specVersion: 2 };
const can = (parts: object, base: Definition = two): Definition => ({
  ...base,
  capabilities: { ...capabilities, ...parts },
});
const fn = (): void => undefined;

describe('a definition', () => {
  it.each<[string, Definition]>([
    ['of version 1', one],
    ['of version 2 that has nothing new', two],
    ['with every timing', can({ timings: ['immediate', 'end_of_period', 'end_of_term', 'earliest', 'on_date'] })],
    ['with options', { ...can({ options: true }), options: fn }],
    ['that says that it has no options', can({ options: false })],
    ['with a confirmation of one of its timings', { ...can({ confirm: 'immediate' }), confirm: fn }],
    [
      'whose confirmation carries the reason',
      { ...can({ confirm: 'immediate', detailsWith: 'confirm' }), confirm: fn },
    ],
    ['with extras', { ...can({ extras: {} }), extras: {} }],
    ['with codes', can({ reason: { field: 'no', codes: [{ code: 'R1', label: 'One' }], codeRequired: true } })],
    [
      'with codes that options lists',
      { ...can({ options: true, reason: { field: 'no', codes: 'listed' } }), options: fn },
    ],
    ['with access and origins', { ...two, access: { headers: fn }, origins: fn, responseIdHeader: 'x-id' }],
  ])('%s is taken', (_name, definition) => {
    expect(() => checkDefinition(definition)).not.toThrow();
  });

  it.each<[string, Definition, string]>([
    ['of version 3', { ...one, specVersion: 3 }, 'specVersion must be 1 or 2'],
    ['of version 0', { ...one, specVersion: 0 }, 'specVersion must be 1 or 2'],
    ['without a timing', can({ timings: [] }), 'sample offers no timing'],
    ['with a timing that there is not', can({ timings: ['tomorrow'] }), 'sample offers tomorrow, which is no timing'],
    ['that cannot do the options that it declares', can({ options: true }), 'must have options exactly if'],
    ['that does not declare its options', { ...two, options: fn }, 'exactly if capabilities.options says so'],
    [
      'that declares as false the options that it has',
      { ...can({ options: false }), options: fn },
      'capabilities.options',
    ],
    [
      'that cannot do the confirmation that it declares',
      can({ confirm: 'immediate' }),
      'confirm exactly if capabilities.confirm',
    ],
    ['that does not declare its confirmation', { ...two, confirm: fn }, 'confirm exactly if capabilities.confirm'],
    [
      'whose confirmation is of none of its timings',
      { ...can({ confirm: 'earliest' }), confirm: fn },
      'must confirm one of its timings',
    ],
    [
      'whose confirmation is of a date',
      { ...can({ timings: ['on_date'], confirm: 'on_date' }), confirm: fn },
      'not on_date',
    ],
    ['whose reason goes with a confirmation that it has not', can({ detailsWith: 'confirm' }), 'carries details with'],
    ['that describes extras without a schema', can({ extras: {} }), 'extras exactly if capabilities.extras'],
    ['that does not describe its extras', { ...two, extras: {} }, 'extras exactly if capabilities.extras'],
    ['that declares a read-back without a status', can({ readBack: true }), 'status exactly if capabilities.readBack'],
    ['that lists codes and sends none', can({ reason: { field: 'no', codes: [], providerCode: false } }), 'sends none'],
    [
      'that requires a code and has none',
      can({ reason: { field: 'no', codeRequired: true } }),
      'requires a reason code',
    ],
    ['whose codes nothing lists', can({ reason: { field: 'no', codes: 'listed' } }), 'must have options'],
    ['of version 1 with access', { ...one, access: { headers: fn } }, 'has access, which needs specVersion 2'],
    ['of version 1 with origins', { ...one, origins: fn }, 'has origins, which needs specVersion 2'],
    [
      'of version 1 with a header',
      { ...one, responseIdHeader: 'x' },
      'has responseIdHeader, which needs specVersion 2',
    ],
    [
      'of version 1 with options',
      { ...can({ options: true }, one), options: fn },
      'has options, which needs specVersion 2',
    ],
    ['of version 1 with confirm', { ...can({ confirm: 'immediate' }, one), confirm: fn }, 'has confirm, which needs'],
    ['of version 1 with extras', { ...can({ extras: {} }, one), extras: {} }, 'has extras, which needs specVersion 2'],
    [
      'of version 1 with dates',
      can({ timings: ['immediate', 'on_date'] }, one),
      'has on_date, which needs specVersion 2',
    ],
  ])('%s is refused', (_name, definition, words) => {
    expect(() => checkDefinition(definition)).toThrow(TypeError);
    expect(() => checkDefinition(definition)).toThrow(words);
  });
});

import { runInNewContext } from 'node:vm';
import { createCancelService } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { defineProvider, type StandardSchema } from 'cancelkit/provider';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serviceKeyOf } from '../../src/accounts/bound-service.ts';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { failureOf } from '../support/failure.ts';
import { untyped } from '../support/untyped.ts';

const keyOf = (service: unknown): string | undefined => serviceKeyOf({}, service);

describe('the key of a service', () => {
  const services = untyped(createCancelService({ edis: edis(), hosting: hosting(), vpsbg: vpsbg(), whmcs: whmcs() }));

  it.each([
    ['edis', { kvmId: 'kvm_1_2' }, 'field=kvmid value=kvm_1_2'],
    ['edis', { kvmId: 'a=b"c[d]' }, 'field=kvmid value=a=b"c[d]'],
    ['edis', { serviceId: '4711' }, 'field=serviceid value=4711'],
    ['edis', { serviceId: 4711 }, 'field=serviceid value=4711'],
    ['vpsbg', { serverId: '7' }, 'kind=server serverId=7'],
    ['vpsbg', { serverId: 7, addonId: 8 }, 'addonId=8 kind=addon serverId=7'],
    ['vpsbg', { floatingIpId: 9 }, 'floatingIpId=9 kind=floating_ip'],
    ['hosting', { hostingId: '1_aed1', domain: 'bücher.example' }, '1_aed1'],
    ['whmcs', { serviceId: 4711 }, 'serviceId=4711'],
  ])('at %s of %j is the one that queues hold already: %s', async (account, service, key) => {
    const when = account === 'vpsbg' ? 'end_of_period' : 'immediate';
    expect(await services.validate({ account, service, when })).toMatchObject({ serviceKey: key });
  });

  it.each<[string, unknown, unknown]>([
    ['a blank in a value', { a: '1 b=2' }, { a: '1', b: '2' }],
    ['an equals sign in a name', { 'a=1 b': '2' }, { a: '1', b: '2' }],
    ['a line break', { a: '1\nb=2' }, { a: '1', b: '2' }],
    ['a blank that no screen shows', { a: '1\u200B' }, { a: '1' }],
    ['no value and the word for it', { a: null }, { a: 'null' }],
    ['a truth value and the word for it', { a: true }, { a: 'true' }],
    ['no field and an empty one', { a: '1' }, { a: '1', b: '' }],
    ['the end of a long id', { a: `${'x'.repeat(300)}1` }, { a: `${'x'.repeat(300)}2` }],
    ['half a character and another half', { a: '\uD800' }, { a: '\uD801' }],
    ['half a character and the sign for it', { a: '\uD800' }, { a: '\uFFFD' }],
    ['half a character in a name', { '\uD800': '1' }, { '\uD801': '1' }],
    ['two forms of the same letter', { a: '\u00E9' }, { a: 'e\u0301' }],
    ['a hash of the core and an id that looks like one', { a: 'x'.repeat(300) }, keyOf({ a: 'x'.repeat(300) })],
    ['a text and the fields that it looks like', 'a=1', { a: 1 }],
    ['a text in JSON and the fields that it looks like', '[["a b","1"]]', { 'a b': 1 }],
  ])('tells services apart by %s', (_, one, other) => {
    expect(keyOf(one)).toBeDefined();
    expect(keyOf(other)).toBeDefined();
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it.each<[string, unknown, unknown]>([
    ['the order of the fields', { a: '1', b: '2' }, { b: '2', a: '1' }],
    ['a number for a text', { a: 1 }, { a: '1' }],
    ['a number for a text, in JSON, too', { a: 1, b: ' ' }, { a: '1', b: ' ' }],
    ['a field without a value', { a: 1, b: undefined }, { a: 1 }],
    ['a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['the realm', runInNewContext('({ a: 1 })'), { a: 1 }],
  ])('is the same whatever %s', (_, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it.each<[string, unknown]>([
    ['an object in a field', { ref: { id: 1 } }],
    ['a list in a field', { ids: [1, 2] }],
    ['a date in a field', { since: new Date(0) }],
    ['a map in a field', { ref: new Map([['id', 1]]) }],
    ['NaN', { id: Number.NaN }],
    ['an infinite number', { id: Infinity }],
    ['a number that represents several', { id: 2 ** 53 }],
    ['a function', { id: () => 1 }],
    ['a symbol', { id: Symbol('1') }],
    ['a field that is named by a symbol', { id: 1, [Symbol('ref')]: 2 }],
    ['no field', {}],
    ['only fields without a value', { id: undefined }],
    ['an empty text', ''],
    ['a list', ['1']],
    ['a date', new Date(0)],
    [
      'an object with private fields',
      new (class {
        readonly region = 'eu';
        #id = 1;
        id = () => this.#id;
      })(),
    ],
    [
      'an object that inherits a field from one without a prototype',
      Object.assign(Object.create(Object.assign(Object.create(null), { region: 'eu' })), { id: 1 }),
    ],
    [
      'an object of a class without a base, whose accessor says more',
      Object.assign(
        Object.create(
          Object.create(null, {
            region: { get: () => 'eu' },
          }),
        ),
        { id: 1 },
      ),
    ],
    ['nothing', null],
    ['not even that', undefined],
  ])('is not made of %s', (_, service) => {
    expect(keyOf(service)).toBeUndefined();
  });

  it('is another one for every other reference, and at most 256 characters', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('a', '1', '=', ' ', '"', '[', ',', '\\', '\n', '\0') }),
      fc.string({ minLength: 250, maxLength: 300 }),
      fc.boolean(),
      fc.constant(null),
    );
    const name = fc.oneof(fc.constantFrom('a', 'b', 'a b', 'a=b', 'b=1 c'), fc.string({ unit: 'grapheme' }));
    const reference = fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(reference, reference, (one, other) => {
        const keys = [keyOf(one), keyOf(other)];
        for (const key of keys) {
          expect(key?.length).toBeLessThanOrEqual(256);
          expect(key?.isWellFormed()).toBe(true);
        }
        const form = (service: object): string =>
          JSON.stringify(Object.entries(service).toSorted(([a], [b]) => (a < b ? -1 : 1)));
        expect(keys[0] === keys[1]).toBe(form(one) === form(other));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a key of an adapter', () => {
  const own = (serviceKey: (service: unknown) => unknown): string | undefined => serviceKeyOf({ serviceKey }, {});

  it('is taken unchanged', () => {
    expect(own(() => 'kvm 1=2')).toBe('kvm 1=2');
    expect(own(() => 'x'.repeat(256))).toBe('x'.repeat(256));
  });

  it.each([
    ['is too long', 'x'.repeat(257)],
    ['cannot be stored', 'a\0'],
    ['looks like a hash of the core', 'sha256:1'],
  ])('that %s is hashed', (_, key) => {
    expect(own(() => key)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(own(() => `${key}2`)).not.toBe(own(() => key));
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no text', 5],
    ['an object', { toString: () => 'id' }],
    ['a promise', Promise.resolve('id')],
    ['an empty text', ''],
    ['a blank', ' '],
    ['what an object is joined as', 'of [object Object]'],
    ['what a missing field is joined as', 'undefined'],
    ['what an empty field is joined as', 'null'],
    ['what a text is as a number', 'NaN'],
    ['half a character', '\uD800'],
  ])('that is %s is refused', (_, key) => {
    expect(own(() => key)).toBeUndefined();
  });

  it('that throws is refused before anything is sent, and what it threw does not come out', async () => {
    interface Service {
      readonly ref: { readonly id: number };
    }
    const service: StandardSchema<Service, Service> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        // oxlint-disable-next-line no-unsafe-type-assertion -- a schema that accepts anything
        validate: (value) => ({ value: value as Service }),
      },
    };
    const account = (serviceKey?: (one: Service) => string) =>
      defineProvider({
        specVersion: 1,
        id: 'nested',
        capabilities: LEAST_CAPABILITIES,
        config: service,
        env: {},
        service,
        ...(serviceKey === undefined ? {} : { serviceKey }),
        baseUrl: () => 'https://api.example.com',
        secrets: () => [],
        *cancel() {
          yield { method: 'POST', effect: 'write', path: [], json: {} };
          return { verdict: 'accepted', outcome: 'requested' };
        },
      }).account({ ref: { id: 1 } });
    const throwing = account(() => {
      throw new Error('hunter2');
    });
    for (const nested of [throwing, account()]) {
      const sent: unknown[] = [];
      const fetch = async (): Promise<Response> => {
        sent.push(1);
        return Response.json({});
      };
      const services = createCancelService({ nested }, { fetch });
      const error = await failureOf(
        services.cancel({ account: 'nested', service: { ref: { id: 1 } }, when: 'immediate' }),
      );
      expect(error).toMatchObject({ code: 'invalid_request', attempts: 0 });
      expect(error.message).toContain('a service that the adapter can tell from others');
      expect(JSON.stringify(error)).not.toContain('hunter2');
      expect(sent).toEqual([]);
    }
  });
});

import { createHash } from 'node:crypto';
import type { ExtrasIn, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { AnyWhen, Timing, When } from '../contract/vocabulary.ts';
import { timingOf } from '../contract/when.ts';
import type { AdapterOperations } from './account-internals.ts';
import type { CheckedConfiguration } from './configure.ts';

/**
 * A provider's operations on one service, with the configuration that they need.
 *
 * @param references the checked reference of each service that has been configured, so that several can go into one
 * request. The reference of this service is added to them.
 */
export function adapterOperations<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  { config, baseUrl, secrets }: CheckedConfiguration<Types['config']>,
  { key, value: service }: { readonly key: string; readonly value: Types['service'] },
  references: WeakMap<AdapterOperations, Types['service']>,
  wire?: AdapterOperations['wire'],
): AdapterOperations {
  const { cancelBatch, status, revoke, options, confirm, whereToLook } = definition;
  const offered = (when: AnyWhen): When<Types['timing']> => {
    if (!isOffered(definition.capabilities.timings, when)) throw new RangeError('timing not offered');
    return when;
  };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what this very definition's schema returned
  const own = (extras: unknown): ExtrasIn<Types> | undefined => extras as ExtrasIn<Types> | undefined;
  const adapter: AdapterOperations = {
    baseUrl,
    secrets,
    escapesHtml: definition.escapesHtml,
    wire,
    key,
    cancel: ({ when, extras, ...details }) =>
      definition.cancel({ ...details, when: offered(when), extras: own(extras), service }, config),
    cancelBatch:
      cancelBatch === undefined
        ? undefined
        : (members, { when, reasonText, reasonCode, extras }) => {
            const known = members.flatMap((member) => references.get(member) ?? []);
            if (known.length < members.length) return undefined;
            const alike = { when: offered(when), reasonText, reasonCode, extras: own(extras) };
            return cancelBatch({ services: known, ...alike }, config);
          },
    status:
      status === undefined
        ? undefined
        : (providerReference, query) => status(service, config, { providerReference, ...query }),
    revoke: revoke === undefined ? undefined : () => revoke(service, config),
    options: options === undefined ? undefined : () => options(service, config),
    confirm:
      confirm === undefined
        ? undefined
        : ({ extras, ...details }) => confirm({ ...details, extras: own(extras), service }, config),
    whereToLook: whereToLook === undefined ? undefined : () => whereToLook(service, config),
  };
  if (cancelBatch !== undefined) references.set(adapter, service);
  return adapter;
}

function isOffered<T extends Timing>(timings: readonly T[], when: AnyWhen): when is When<T> {
  const asked = timingOf(when);
  return timings.some((timing) => timing === asked);
}

/**
 * Returns a key that identifies the service within its account: the same text for every form of its reference, at most
 * 256 characters. `undefined` if the adapter throws or returns a key that cannot distinguish two services. The thrown
 * value is discarded because it may contain secrets.
 */
export function serviceKeyOf<Service>(
  definition: { readonly serviceKey?: (service: Service) => unknown },
  service: Service,
): string | undefined {
  try {
    const key = definition.serviceKey === undefined ? keyOf(service) : ownKey(definition.serviceKey(service));
    return key === undefined || key === '' ? undefined : storable(key);
  } catch {
    return undefined;
  }
}

// A key of the core's own making, which no adapter's key and no field may look like.
const HASHED = 'sha256:';
const LONGEST = 256;
const CONTROL = /\p{Cc}/u;

/** Longer keys are hashed, never cut, and so are those that a database could not store unchanged. */
function storable(key: string): string {
  const isPlain = key.length <= LONGEST && !CONTROL.test(key) && !key.startsWith(HASHED);
  return isPlain ? key : HASHED + createHash('sha256').update(key, 'utf8').digest('hex');
}

function ownKey(key: unknown): string | undefined {
  // An object that was joined into a text is the same text for each service, and so is a field that is not there.
  return typeof key === 'string' && key.isWellFormed() && key.trim() !== '' && !NO_KEY.test(key) ? key : undefined;
}

const NO_KEY = /\[object \w+\]|^(?:undefined|null|NaN|-?Infinity)$/;

/**
 * The fields of a reference by name, so that their order says nothing: `domain=example.com hostingId=1_aed1`. A number
 * and the text of its digits are the same service. The form is written into queues and results files, and must stay.
 *
 * If a name or a value could be taken for the boundary between two fields, or is neither a text nor a number, the
 * whole is JSON, which begins with a bracket as no name does.
 */
function keyOf(service: unknown): string | undefined {
  if (isScalar(service))
    return isSimpleName(`_${textOf(service)}`) ? textOf(service) : JSON.stringify([textOf(service)]);
  if (typeof service !== 'object' || service === null || Array.isArray(service)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(service);
  const isPlainObject = prototype === null || isObjectPrototype(prototype);
  // A field without a value says as much as one that is not there.
  const fields: (readonly [string, Field])[] = [];
  for (const [name, value] of Object.entries(service)) {
    if (value === undefined) continue;
    if (!isField(value)) return undefined;
    fields.push([name, value]);
  }
  if (!isPlainObject || fields.length === 0 || Object.getOwnPropertySymbols(service).length > 0) return undefined;
  const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.every(([name, value]) => isSimpleName(name) && isScalar(value) && isSimple(textOf(value)))
    ? sorted.map(([name, value]) => `${name}=${String(value)}`).join(' ')
    : JSON.stringify(sorted.map(([name, value]) => [name, isScalar(value) ? textOf(value) : value]));
}

/**
 * Whether an object is `Object.prototype`, of any realm: what another one holds would be inherited, and not in the key.
 */
function isObjectPrototype(prototype: {} | undefined): boolean {
  if (prototype === Object.prototype) return true;
  return (
    prototype !== undefined && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

type Scalar = string | number | bigint;
type Field = Scalar | boolean | null;

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'bigint' || (typeof value === 'number' && isExact(value));
}

/** A whole number beyond 2^53 represents several numbers. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

function isField(value: unknown): value is Field {
  return isScalar(value) || typeof value === 'boolean' || value === null;
}

function textOf(value: Scalar): string {
  return String(value);
}

function isSimpleName(name: string): boolean {
  return /^[A-Za-z_$][\w$.-]*$/.test(name);
}

/** JSON escapes half a character, which would be stored as the same sign as any other half. */
function isSimple(value: string): boolean {
  return ASCII.test(value) || (value.isWellFormed() && !/[\s\p{Cc}\p{Cf}]/u.test(value));
}

// Nearly every value, and quicker to see.
const ASCII = /^[!-~]*$/;

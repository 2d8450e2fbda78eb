import type { Capabilities } from '../contract/capabilities.ts';
import type { OperationsOf, Provider, ProviderDefinition } from '../contract/provider.ts';
import { type Timing, TIMINGS } from '../contract/vocabulary.ts';
import { createAccount } from './account.ts';

/**
 * Makes a provider out of its definition.
 *
 * @throws TypeError if the definition contradicts itself, such as `readBack` without a `status` function.
 */
export function defineProvider<
  const Id extends string,
  ConfigInput,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Config,
  ServiceInput,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Service,
  const T extends Timing,
  const Readable extends boolean,
  const Revocable extends boolean,
  const Offering extends boolean = boolean,
  const Confirming extends Timing | undefined = Timing | undefined,
  ExtrasInput = unknown,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Extras = unknown,
  const Finding extends boolean = boolean,
>(
  definition: ProviderDefinition<{
    id: Id;
    configInput: ConfigInput;
    config: Config;
    serviceInput: ServiceInput;
    service: Service;
    timing: T;
    readBack: Readable;
    revoke: Revocable;
    options?: Offering;
    find?: Finding;
    confirm?: Confirming;
    extrasInput?: ExtrasInput;
    extras?: Extras;
  }>,
): Provider<
  Id,
  ConfigInput,
  ServiceInput,
  T,
  OperationsOf<Readable, Revocable, Offering, Confirming, Finding>,
  ExtrasInput | undefined
> {
  checkDefinition(definition);
  return {
    specVersion: definition.specVersion,
    id: definition.id,
    capabilities: definition.capabilities,
    env: definition.env,
    account: (config) => createAccount(definition, () => definition, config),
  };
}

/** The parts of a provider's definition that can contradict each other. */
interface Definition {
  readonly specVersion: number;
  readonly id: string;
  readonly capabilities: Capabilities;
  readonly cancelBatch?: unknown;
  readonly status?: unknown;
  readonly revoke?: unknown;
  readonly options?: unknown;
  readonly find?: unknown;
  readonly confirm?: unknown;
  readonly extras?: unknown;
  readonly access?: { readonly headers?: unknown } | undefined;
  readonly origins?: unknown;
  readonly responseIdHeader?: string | undefined;
}

/**
 * Makes sure that a provider's definition does not contradict itself.
 *
 * @throws TypeError
 */
export function checkDefinition(definition: Definition): void {
  const { id, capabilities, specVersion } = definition;
  const { timings, readBack, reason } = capabilities;
  const refuse = (words: string): never => {
    throw new TypeError(`defineProvider: ${words}`);
  };
  if (specVersion !== 1 && specVersion !== 2) refuse('specVersion must be 1 or 2');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) refuse('id must be 1 to 40 lower-case letters, digits and dashes');
  if (timings.length === 0) refuse(`${id} offers no timing`);
  const unknown = timings.find((timing) => !TIMINGS.includes(timing));
  if (unknown !== undefined) refuse(`${id} offers ${unknown}, which is no timing`);
  const declared = { ...capabilities, confirm: capabilities.confirm !== undefined };
  for (const name of ['status', 'revoke', 'options', 'find', 'confirm', 'cancelBatch', 'extras'] as const) {
    const capability = name === 'status' || name === 'cancelBatch' ? CAPABILITIES[name] : name;
    const isDeclared = declared[capability] !== undefined && declared[capability] !== false;
    if (isDeclared === (definition[name] !== undefined)) continue;
    refuse(`${id} must have ${name} exactly if capabilities.${capability} says so`);
  }
  const { confirm } = capabilities;
  const { codes } = reason;
  const usual: readonly string[] = ['immediate', 'end_of_period'];
  const newer =
    specVersion === 2
      ? undefined
      : (NEWER.find((name) => definition[name] !== undefined) ?? timings.find((timing) => !usual.includes(timing)));
  const contradictions: readonly (readonly [is: boolean, words: string])[] = [
    [!readBack && (capabilities.revoke || declared.batch !== undefined), 'can only revoke and batch with readBack'],
    [
      confirm !== undefined && (confirm === 'on_date' || !timings.includes(confirm)),
      'must confirm one of its timings, and not on_date',
    ],
    [capabilities.detailsWith === 'confirm' && confirm === undefined, 'carries details with confirm, and has none'],
    [codes !== undefined && reason.providerCode === false, 'has reason codes, and sends none'],
    [codes === undefined && reason.codeRequired === true, 'requires a reason code, and has none'],
    [codes === 'listed' && capabilities.options !== true, 'must have options, which list its reason codes'],
    [newer !== undefined, `has ${newer}, which needs specVersion 2`],
    [
      definition.access !== undefined && typeof definition.access.headers !== 'function',
      'must have a function headers in its access',
    ],
    [
      definition.responseIdHeader !== undefined && !/^[a-z0-9-]+$/.test(definition.responseIdHeader),
      'must have the name of a header in lower case as responseIdHeader',
    ],
  ];
  const found = contradictions.find(([is]) => is);
  if (found !== undefined) refuse(`${id} ${found[1]}`);
}

/** The capability of each function that has another name than its capability. */
const CAPABILITIES = { status: 'readBack', cancelBatch: 'batch' } as const;

/** What version 1 of the contract does not have. */
const NEWER = ['access', 'origins', 'responseIdHeader', 'extras', 'options', 'find', 'confirm'] as const;

import { isDeepStrictEqual } from 'node:util';
import type { Call } from '../call/call.ts';
import type { Moment, ProviderResponse, WireRequest } from '../contract/exchange.ts';
import type { Access } from '../contract/provider.ts';
import { growingRedactor } from '../privacy/redactor-for.ts';
import { type CheckedBaseUrl, checkBaseUrl } from '../sending/base-url.ts';
import { accessOf, loginOf } from './call-access.ts';
import type { CheckedConfiguration, OpenWire } from './configure.ts';
import { type Login, TokenKeeper } from './token-keeper.ts';

/** The part of a provider's definition that is about all its requests. */
export interface WireRules<Config> {
  readonly origins?: (config: Config) => Readonly<Record<string, string>>;
  readonly access?: Access<Config>;
  readonly responseIdHeader?: string;
  readonly escapesHtml?: boolean | undefined;
}

/** A definition's access with a configuration. */
export interface BoundAccess {
  readonly obtain: Login | undefined;
  readonly headers: (request: WireRequest, moment: Moment & { readonly token: string }) => unknown;
}

/**
 * The wires of one account. What has been obtained is kept for each configuration: two of the same values are one, also
 * if a function made each of them anew.
 */
export class AccountWires<Config> {
  readonly #rules: WireRules<Config>;
  readonly #byObject = new WeakMap<object, TokenKeeper>();
  #known: readonly { readonly values: unknown; readonly keeper: TokenKeeper }[] = [];

  constructor(rules: WireRules<Config>) {
    this.#rules = rules;
  }

  /** What opens the wire of one call with this configuration. */
  opener(checked: CheckedConfiguration<Config>): () => OpenWire {
    return () => openWire(this.#rules, checked, this.#keeperOf(checked));
  }

  /** What the definition says on access, with this configuration; for those who check it. */
  boundAccess({ config }: CheckedConfiguration<Config>): BoundAccess | undefined {
    const { access } = this.#rules;
    if (access === undefined) return undefined;
    return {
      obtain: loginOf(access, config),
      headers: (request, moment) => access.headers(request, config, moment),
    };
  }

  #keeperOf(checked: CheckedConfiguration<Config>): TokenKeeper {
    let keeper = this.#byObject.get(checked);
    if (keeper === undefined) {
      keeper = this.#keeperOfSame(checked);
      this.#byObject.set(checked, keeper);
    }
    return keeper;
  }

  #keeperOfSame(checked: CheckedConfiguration<Config>): TokenKeeper {
    const values = valuesIn(checked);
    // With what cannot be compared, no other one is known to be the same.
    if (values === undefined) return new TokenKeeper();
    const known = this.#known.find((one) => isDeepStrictEqual(one.values, values)) ?? {
      values,
      keeper: new TokenKeeper(),
    };
    this.#known = [known, ...this.#known.filter((one) => one !== known)].slice(0, MOST_CONFIGURATIONS);
    return known.keeper;
  }
}

/**
 * A copy to compare with, because the caller may change the original; `undefined` if it lacks something, such as a
 * function, or what an object of a class keeps to itself.
 */
function valuesIn(checked: object): unknown {
  try {
    const plain = withUrlsAsText(checked);
    const copy: unknown = structuredClone(plain);
    return isDeepStrictEqual(copy, plain) ? copy : undefined;
  } catch {
    return undefined;
  }
}

function withUrlsAsText(value: unknown): unknown {
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map(withUrlsAsText);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withUrlsAsText(entry)]));
}

// For an account whose configuration is a function that answers for several customers.
const MOST_CONFIGURATIONS = 32;

function openWire<Config>(
  { access, responseIdHeader, escapesHtml }: WireRules<Config>,
  { config, origins = {}, secrets }: CheckedConfiguration<Config>,
  keeper: TokenKeeper,
): OpenWire {
  const own = new CallSecrets(secrets, keeper);
  const redactor = growingRedactor(() => own.all, escapesHtml);
  const checked = Object.entries(origins).map(([name, text]) => [name, checkBaseUrl(text)] as const);
  const bad = checked.find((entry): entry is readonly [string, Extract<CheckedBaseUrl, { ok: false }>] => !entry[1].ok);
  return {
    redactor,
    origins: new Map(checked.flatMap(([name, base]) => (base.ok ? [[name, base.url]] : []))),
    badOrigin: bad === undefined ? undefined : { name: bad[0], expected: bad[1].expected },
    access: access === undefined ? undefined : accessOf(access, config, keeper, own),
    addSecrets: (more) => own.addGiven(more),
    arrived: (response, call) => noteResponseId(response, call, responseIdHeader),
  };
}

function noteResponseId({ headers }: ProviderResponse, call: Call, header: string | undefined): void {
  if (header !== undefined) call.responseId = headers[header];
}

/** The secrets of one call: those of its account, the tokens that were obtained, and what was made of both. */
class CallSecrets {
  #given: readonly string[];
  readonly #keeper: TokenKeeper;
  #derived: readonly string[] = [];
  #obtained: readonly string[] | undefined;
  #all: readonly string[] = [];

  constructor(given: readonly string[], keeper: TokenKeeper) {
    this.#given = given;
    this.#keeper = keeper;
  }

  /** The same array as long as nothing has been added. */
  get all(): readonly string[] {
    if (this.#obtained !== this.#keeper.secrets) {
      this.#obtained = this.#keeper.secrets;
      this.#all = [...this.#given, ...this.#obtained, ...this.#derived];
    }
    return this.#all;
  }

  /** Adds what an input holds. */
  addGiven(secrets: readonly string[]): void {
    this.#given = [...this.#given, ...secrets];
    this.#obtained = undefined;
  }

  /** Adds what was made of the others for one attempt. */
  addDerived(secrets: readonly string[]): void {
    const added = secrets.filter((secret) => !this.#derived.includes(secret));
    if (added.length === 0) return;
    this.#derived = [...added, ...this.#derived].slice(0, MOST_DERIVED);
    this.#obtained = undefined;
  }
}

// Those of the last attempts: a response can echo its own request.
const MOST_DERIVED = 16;

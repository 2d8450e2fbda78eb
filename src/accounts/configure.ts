import type { Call } from '../call/call.ts';
import type { Checked, MaybePromise } from '../call/check-schema.ts';
import { issueText, sentence } from '../call/issue-text.ts';
import type { TimeLimit } from '../call/time-limit.ts';
import type { Issue } from '../contract/provider-error.ts';
import { LoadFailure, loadPart } from '../platform/load-part.ts';
import { redactorFor } from '../privacy/redactor-for.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { type CheckedBaseUrl, checkBaseUrl } from '../sending/base-url.ts';
import type { CallWire } from '../sending/send-context.ts';
import type * as Transport from '../sending/transport.ts';

/** A configuration that has been read and checked, as far as the core needs to know it. */
export interface Configured {
  readonly baseUrl: string;
  readonly secrets: readonly string[];
  readonly escapesHtml?: boolean | undefined;
  /** Opens what the definition says about all its requests, for one call. Left out: nothing. */
  readonly wire?: (() => OpenWire) | undefined;
}

/** A checked configuration with what the core takes from it. The same object as long as the input is the same. */
export interface CheckedConfiguration<Config> {
  readonly config: Config;
  readonly baseUrl: string;
  /** Further base URLs by name. Left out: the definition has none. */
  readonly origins?: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** A {@link CallWire} with what the core needs to set up a call. */
export interface OpenWire extends CallWire {
  /** Knows the account's secrets, and each token from the moment that it arrives. */
  readonly redactor: Redactor;
  /** The first of the further base URLs that is not usable, and what is expected of it. */
  readonly badOrigin: { readonly name: string; readonly expected: string } | undefined;
  /** Secrets of this call alone. */
  readonly addSecrets: (secrets: readonly string[]) => void;
}

/**
 * Reads and checks an account's configuration, and gives the call what its secrets are.
 *
 * @param env the environment variable of each option, for the message.
 * @param choice what would carry the requests.
 * @throws ProviderError `not_configured` or `aborted`
 */
export async function configure<Value extends Configured>(
  read: () => MaybePromise<Checked<Value>>,
  env: Readonly<Record<string, string>>,
  call: Call,
  limit: TimeLimit,
  choice: Transport.TransportChoice,
): Promise<{ readonly configured: Value; readonly baseUrl: URL; readonly wire?: OpenWire }> {
  let checked;
  try {
    const reading = read();
    checked = reading instanceof Promise ? await limit.race(reading) : reading;
  } catch (error) {
    if (error instanceof LoadFailure) throw error;
    // What the caller's function threw can hold a secret, so only that it failed is said.
    if (limit.end === 'aborted')
      throw call.error({ code: 'aborted', message: 'the call was aborted before it was sent' });
    const how = limit.end === 'timeout' ? 'did not come before the deadline' : 'could not be read: its function failed';
    throw call.error({
      code: 'not_configured',
      retryable: true,
      message: `the configuration ${how}. Nothing was sent.`,
    });
  }
  if (checked.ok) {
    const configured = checked.value;
    const seen = seenOf(configured);
    call.redactor = seen.redactor;
    call.addressName = addressName(env);
    const baseUrl = baseUrlOf(seen, env, call);
    await checkTransport(baseUrl, choice, call);
    if (configured.wire === undefined) return { configured, baseUrl };
    const wire = configured.wire();
    call.redactor = wire.redactor;
    await checkOrigins(wire, env, choice, call);
    return { configured, baseUrl, wire };
  }
  throw call.error({
    code: 'not_configured',
    issues: checked.issues,
    message: `the account is not configured: ${configurationText(checked.issues, env)} Nothing was sent.`,
  });
}

async function checkTransport(url: URL, choice: Transport.TransportChoice, call: Call): Promise<void> {
  const isClearText = url.protocol === 'http:';
  if (!isClearText && choice.proxy === undefined) return;
  transport ??= await loadPart(import('../sending/transport.ts'));
  if (transport.bypassesProxy(choice)) throw call.error(BYPASSED_PROXY);
  if (isClearText && transport.passesProxy(choice, url)) throw call.error(CLEAR_TEXT);
}

/** Holds the further base URLs to the same rules as the first. */
async function checkOrigins(
  { badOrigin, origins }: OpenWire,
  env: Readonly<Record<string, string>>,
  choice: Transport.TransportChoice,
  call: Call,
): Promise<void> {
  if (badOrigin !== undefined) {
    const { name, expected } = badOrigin;
    const option = Object.keys(env).find((each) => each.toLowerCase() === `${name.toLowerCase()}url`);
    const issues = [{ path: option ?? `origins.${name}`, expected }];
    const what = option === undefined ? `expected ${expected}.` : configurationText(issues, env);
    const message = `the base URL ${name} of this provider is not usable: ${what} Nothing was sent.`;
    throw call.error({ code: 'not_configured', message, issues });
  }
  for (const origin of origins.values()) {
    await checkTransport(origin, choice, call);
  }
}

const CLEAR_TEXT = {
  code: 'not_configured',
  message:
    'the base URL is http, which is allowed to this machine alone, and its requests would pass a proxy: the credentials ' +
    'would cross the network in clear text. Use https, or exempt the host from the proxy (NO_PROXY=localhost,127.0.0.1). ' +
    'Nothing was sent.',
} as const;

const BYPASSED_PROXY = {
  code: 'not_configured',
  message:
    'the option proxy would have no effect: the global fetch is not that of Node.js (a framework or a mock replaced it, ' +
    'or this is another runtime), and it connects directly. Set the option fetch to one that uses the proxy instead. ' +
    'Nothing was sent.',
} as const;

let transport: typeof Transport | undefined;

/** What the core makes of a configuration. */
interface Seen {
  readonly redactor: Redactor;
  readonly checked: CheckedBaseUrl;
  /** The text that was checked. */
  readonly text: string;
}

// By the array of secrets, which an account makes anew whenever its configuration changes.
const known = new WeakMap<readonly string[], Seen>();

function seenOf({ baseUrl, secrets, escapesHtml }: Configured): Seen {
  let seen = known.get(secrets);
  if (seen === undefined || seen.text !== baseUrl) {
    seen = { redactor: redactorFor(secrets, escapesHtml), checked: checkBaseUrl(baseUrl), text: baseUrl };
    known.set(secrets, seen);
  }
  return seen;
}

/** For an adapter whose own schema lets a base URL pass that is not usable. */
function baseUrlOf({ checked }: Seen, env: Readonly<Record<string, string>>, call: Call): URL {
  if (checked.ok) return checked.url;
  const option = addressOption(env);
  const issues = [{ path: option ?? 'base URL', expected: checked.expected }];
  throw call.error({
    code: 'not_configured',
    message: `the base URL is not usable: ${configurationText(issues, env)} Nothing was sent.`,
    issues,
  });
}

function addressName(env: Readonly<Record<string, string>>): string {
  const option = addressOption(env);
  return option === undefined ? 'the base URL of the account' : `the option ${option} (its variable is ${env[option]})`;
}

/** The option that holds the base URL, by its name. */
function addressOption(env: Readonly<Record<string, string>>): string | undefined {
  const names = Object.keys(env);
  return names.find((name) => /^(?:base)?url$/i.test(name)) ?? names.find((name) => /url|endpoint/i.test(name));
}

/** What is wrong with a configuration, as the end of a sentence: each option with its environment variable. */
function configurationText(issues: readonly Issue[], env: Readonly<Record<string, string>>): string {
  return sentence(issues.map((issue) => optionText(issue, env)).join('; '));
}

/**
 * What is wrong with one option.
 *
 * @param env the environment variable of each option.
 */
export function optionText(issue: Issue, env: Readonly<Record<string, string>>): string {
  const { path, expected, problem, variable } = issue;
  if (problem === 'unknown') return issueText(issue, 'option');
  if (path === '') return `configuration: expected ${expected}`;
  if (variable !== undefined) {
    return problem === 'missing'
      ? `${variable} is not set (option ${path})`
      : `${variable}: expected ${expected} (option ${path})`;
  }
  const unread = Object.hasOwn(env, path) ? env[path] : undefined;
  if (problem === 'missing') {
    // Options and variables are never mixed, which is easily overlooked.
    const hint = unread === undefined ? '' : ` (${unread} is read only by an account without options)`;
    return `the option ${path} is missing${hint}`;
  }
  return `option ${path}: expected ${expected}${unread === undefined ? '' : ` (its variable is ${unread})`}`;
}

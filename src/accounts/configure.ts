import { type CheckedBaseUrl, checkBaseUrl } from '../sending/check-base-url.ts';
import type { Call } from '../call/call.ts';
import type { Checked, MaybePromise } from '../call/check-schema.ts';
import { configurationText } from './configuration-text.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { redactorFor } from './redactor-for.ts';
import type { TimeLimit } from '../call/time-limit.ts';
import type { passesProxy as PassesProxy, TransportChoice } from '../sending/transport.ts';

/** A configuration that has been read and checked, as far as the core needs to know it. */
export interface Configured {
  readonly baseUrl: string;
  readonly secrets: readonly string[];
  readonly escapesHtml?: boolean | undefined;
}

/**
 * Reads and checks an account's configuration, and gives the call what its secrets are.
 *
 * @param env the environment variable of each option, for the message.
 * @param transport what would carry the requests.
 * @throws ProviderError `not_configured` or `aborted`
 */
export async function configure<Value extends Configured>(
  read: () => MaybePromise<Checked<Value>>,
  env: Readonly<Record<string, string>>,
  call: Call,
  limit: TimeLimit,
  transport: TransportChoice,
): Promise<{ readonly configured: Value; readonly baseUrl: URL }> {
  let checked;
  try {
    const reading = read();
    checked = reading instanceof Promise ? await limit.race(reading) : reading;
  } catch {
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
    const access = accessOf(checked.value);
    call.redactor = access.redactor;
    call.addressName = addressName(env);
    const baseUrl = baseUrlOf(access, env, call);
    if (baseUrl.protocol === 'http:') {
      passesProxy ??= (await import('../sending/transport.ts')).passesProxy;
      if (passesProxy(transport, baseUrl)) throw call.error(CLEAR_TEXT);
    }
    return { configured: checked.value, baseUrl };
  }
  throw call.error({
    code: 'not_configured',
    issues: checked.issues,
    message: `the account is not configured: ${configurationText(checked.issues, env)} Nothing was sent.`,
  });
}

const CLEAR_TEXT = {
  code: 'not_configured',
  message:
    'the base URL is http, which is allowed to this machine alone, and its requests would pass a proxy: the credentials ' +
    'would cross the network in clear text. Use https, or exempt the host from the proxy (NO_PROXY=localhost,127.0.0.1). ' +
    'Nothing was sent.',
} as const;

let passesProxy: typeof PassesProxy | undefined;

/** What the core makes of a configuration. */
interface Access {
  readonly redactor: Redactor;
  readonly checked: CheckedBaseUrl;
  /** The text that was checked. */
  readonly text: string;
}

// By the array of secrets, which an account makes anew whenever its configuration changes.
const known = new WeakMap<readonly string[], Access>();

function accessOf({ baseUrl, secrets, escapesHtml }: Configured): Access {
  let access = known.get(secrets);
  if (access === undefined || access.text !== baseUrl) {
    access = { redactor: redactorFor(secrets, escapesHtml), checked: checkBaseUrl(baseUrl), text: baseUrl };
    known.set(secrets, access);
  }
  return access;
}

/** For an adapter whose own schema lets a base URL pass that is not usable. */
function baseUrlOf({ checked }: Access, env: Readonly<Record<string, string>>, call: Call): URL {
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
  return Object.keys(env).find((name) => /url|endpoint/i.test(name));
}

import { checkBaseUrl } from './base-url.ts';
import type { Call } from './call.ts';
import type { Checked } from './check.ts';
import type { Issue } from './provider-error.ts';
import { Redactor } from './redactor.ts';
import type { TimeLimit } from './time-limit.ts';

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
 * @throws ProviderError `not_configured` or `aborted`
 */
export async function configure<Value extends Configured>(
  read: () => Promise<Checked<Value>>,
  env: Readonly<Record<string, string>>,
  call: Call,
  limit: TimeLimit,
): Promise<{ readonly configured: Value; readonly baseUrl: URL }> {
  let checked;
  try {
    checked = await limit.race(read());
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
    call.redactor = new Redactor(checked.value.secrets, checked.value.escapesHtml);
    return { configured: checked.value, baseUrl: baseUrlOf(checked.value, call) };
  }
  throw call.error({
    code: 'not_configured',
    issues: checked.issues,
    message: `the account is not configured. ${checked.issues.map((issue) => missing(issue, env)).join('; ')}. Nothing was sent.`,
  });
}

function missing({ path, expected }: Issue, env: Readonly<Record<string, string>>): string {
  const variable = Object.hasOwn(env, path) ? env[path] : undefined;
  const where =
    variable === undefined ? '' : ` (option ${path}, or ${variable} in the environment of an account without options)`;
  return `${path || 'configuration'}: expected ${expected}${where}`;
}

function baseUrlOf({ baseUrl }: Configured, call: Call): URL {
  const checked = checkBaseUrl(baseUrl);
  if (checked.ok) return checked.url;
  const issues = [{ path: 'base URL', expected: checked.expected }];
  throw call.error({
    code: 'not_configured',
    message: `the base URL is not usable: expected ${checked.expected}`,
    issues,
  });
}

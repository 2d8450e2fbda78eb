import { type Checked, checkAgainst } from '../call/check-schema.ts';
import type { ActionProvider } from '../contract/action.ts';

export { ConfigurationCache } from './configuration-cache.ts';

/** Reads and checks a configuration. */
export async function readConfiguration<Config>(
  definition: Pick<ActionProvider<Config>, 'config' | 'env'>,
  source: unknown,
): Promise<Checked<Config>> {
  const { config, env } = definition;
  return withVariables(await checkAgainst(config, await readSource(source, env)), source, env);
}

/** The variables of the environment that the issues are about, if that is where the configuration is from. */
export function withVariables<Value>(
  checked: Checked<Value>,
  source: unknown,
  env: Readonly<Record<string, string>>,
): Checked<Value> {
  if (checked.ok || source !== undefined) return checked;
  const issues = checked.issues.map((issue) => {
    const variable = Object.hasOwn(env, issue.path) ? env[issue.path] : undefined;
    return variable === undefined ? issue : { ...issue, variable };
  });
  return { ok: false, issues };
}

/** The configuration that a source leads to, not checked. */
export async function readSource(source: unknown, env: Readonly<Record<string, string>>): Promise<unknown> {
  // oxlint-disable-next-line no-unsafe-call -- what it returns is checked, whatever it is
  if (typeof source === 'function') return await source();
  if (source !== undefined) return source;
  // An empty variable counts as missing: that is what an unset secret looks like in most deployments.
  const set = Object.entries(env).flatMap(([option, name]): [string, string][] => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(set);
}

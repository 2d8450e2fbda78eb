import { existsSync } from 'node:fs';

/** The names that are looked for in the working directory, in this order. */
export const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs'].map(
  (extension) => `cancelkit.config.${extension}`,
);

/** The configuration file that is named, or the one in the working directory; `undefined` if neither exists. */
export function configIn(named: string | undefined): string | undefined {
  return named ?? CONFIG_NAMES.find((name) => existsSync(name));
}

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { failed, type Finding, ok, warning } from '../../queue/examine.ts';

/** A library that only some commands need, and that the user installs. */
interface Peer {
  readonly name: string;
  /** The lowest version of the range in package.json, whose first part that is not 0 has to be the same. */
  readonly lowest: string;
  readonly neededBy: string;
}

/** The optional peers of the package. A test holds them against package.json. */
export const PEERS: readonly Peer[] = [
  { name: 'pg-boss', lowest: '12.38.0', neededBy: 'the queue' },
  { name: 'pg', lowest: '8.23.0', neededBy: 'a queue on a PostgreSQL server' },
  { name: '@electric-sql/pglite', lowest: '0.5.9', neededBy: 'an embedded queue' },
  { name: '@modelcontextprotocol/sdk', lowest: '1.32.2', neededBy: 'cancelkit mcp' },
];

/**
 * Whether the libraries are installed that the user installs.
 *
 * @param needed the names of those that the configuration cannot do without.
 */
export function examinePeers(
  needed: readonly string[],
  versionOf: typeof installedVersion = installedVersion,
): readonly Finding[] {
  return PEERS.map((peer) => examinePeer(peer, needed.includes(peer.name), versionOf(peer.name)));
}

function examinePeer({ name, lowest, neededBy }: Peer, isNeeded: boolean, version: string | undefined): Finding {
  const next = `npm install ${name}@^${lowest}`;
  if (version === undefined) {
    return isNeeded
      ? failed(name, `it is not installed, and ${neededBy} needs it`, next)
      : ok(name, `it is not installed; only ${neededBy} needs it`);
  }
  if (isInRange(version, lowest)) return ok(name, `version ${version}`);
  const what = `version ${version} is installed; tested is ^${lowest}`;
  return isNeeded ? failed(name, what, next) : warning(name, what, next);
}

/** Whether a version is in the range `^lowest`. */
export function isInRange(version: string, lowest: string): boolean {
  const [has, wants] = [version, lowest].map((text) => (text.split(/[-+]/)[0] ?? '').split('.').map(Number));
  const [major = 0, minor = 0, patch = 0] = has ?? [];
  const [lowMajor = 0, lowMinor = 0, lowPatch = 0] = wants ?? [];
  if (major !== lowMajor || (major === 0 && minor !== lowMinor)) return false;
  return minor > lowMinor || (minor === lowMinor && patch >= lowPatch);
}

/** The version of a library as this package would load it; `undefined` if it is not installed. */
function installedVersion(name: string): string | undefined {
  for (const directory of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const manifest = join(directory, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
    const isManifest = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
    return isManifest ? String(parsed.version) : undefined;
  }
  return undefined;
}

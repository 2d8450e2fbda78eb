import { readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { failed, type Finding, ok, warning } from '../../queue/examine.ts';
import { systemCode } from '../terminal/system-code.ts';

/** Who may read and change the configuration file and the results of lists in the working directory. */
export function examineFiles(config: string | undefined): readonly Finding[] {
  if (process.platform === 'win32') return [warning('files', 'not checked: Windows has no modes')];
  return [
    ...(config === undefined ? [] : examined(config, () => [examineConfig(config)])),
    ...examined('the working directory', examineResults),
  ];
}

/** What the system does not show is a finding, too, and hides no other. */
function examined(what: string, examine: () => readonly Finding[]): readonly Finding[] {
  try {
    return examine();
  } catch (error) {
    return [warning('files', `${what} was not checked (${systemCode(error)})`)];
  }
}

function examineConfig(path: string): Finding {
  const { mode, uid } = statSync(path);
  const directory = dirname(resolve(path));
  const around = statSync(directory).mode;
  const self = process.getuid?.();
  if ((mode & 0o022) !== 0) {
    return failed('files', `other users may change ${path}, whose code runs as you`, `chmod 600 ${path}`);
  }
  // A sticky directory, such as /tmp, lets only the owner replace a file.
  if ((around & 0o002) !== 0 && (around & 0o1000) === 0) {
    return failed('files', `every user may replace ${path}, whose code runs as you`, `chmod o-w ${directory}`);
  }
  if (self !== undefined && uid !== self && uid !== 0) {
    return warning('files', `${path} belongs to another user, and its code runs as you`);
  }
  return (mode & 0o044) === 0
    ? ok('files', `${path} is for its owner alone`)
    : warning('files', `other users may read ${path}`, `If it holds secrets: chmod 600 ${path}`);
}

/** Results say who leaves. */
function examineResults(): readonly Finding[] {
  const results = readdirSync('.').filter((name) => name.endsWith('.results.jsonl'));
  const exposed = results.filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0);
  return exposed.map((path) =>
    failed('files', `other users may read ${path}, which says who leaves`, `chmod 600 ${path}`),
  );
}

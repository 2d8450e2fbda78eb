import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/manifest.ts';
import { run } from '../../../scripts/run.ts';

/** The package as it is published, built from the present sources: the directory that holds its package.json. */
export async function builtPackage(): Promise<string> {
  const directory = join(root, '.cache', 'cli', stamp());
  if (existsSync(directory)) return directory;
  // Tests run side by side: each builds for itself, and the first one to be done gives its build to all.
  const own = `${directory}-${process.pid}`;
  mkdirSync(own, { recursive: true });
  const { ok, output } = await run(['tsup', '--silent', '--out-dir', join(own, 'dist')]);
  if (!ok) throw new Error(output);
  copyFileSync(join(root, 'package.json'), join(own, 'package.json'));
  try {
    renameSync(own, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
    rmSync(own, { recursive: true });
  }
  return directory;
}

function stamp(): string {
  const hash = createHash('sha256');
  for (const file of globSync(['{src,providers}/**/*.{ts,tsx}', 'package.json', 'tsup.config.ts'], {
    cwd: root,
  }).toSorted()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Writes the importable sub-paths into package.json, from the folders that have an `index.ts`: `npm run sync`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { exportsOfFolders, readJson, root } from './manifest.ts';

const path = join(root, 'package.json');
const manifest = { ...v.parse(v.looseObject({}), readJson(path)), exports: exportsOfFolders() };
writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);

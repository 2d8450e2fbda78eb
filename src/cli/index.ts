#!/usr/bin/env node
import { unsupportedNode } from '../node-version.ts';
import { EXIT } from './exit-code.ts';

// Whatever fails from here on, and however this process ends, it does not end with 0 before an outcome is known.
process.exitCode = EXIT.unknown;

const problem = unsupportedNode();
if (problem === undefined) {
  // Loaded only now, since an older Node.js may be unable to.
  const { main } = await import('./main.ts');
  await main();
} else {
  process.stderr.write(`✗ ${problem}\n`);
  process.exitCode = EXIT.wrongUse;
}

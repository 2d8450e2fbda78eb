import { describe, expect, it } from 'vitest';
import { importsOf } from '../../scripts/module-imports.ts';

describe('importsOf', () => {
  it.each([
    ['a value', "import { a } from './a.ts';", ['./a.ts']],
    ['a type', "import type { A } from './a.ts';", ['./a.ts']],
    ['several lines', "import {\n  a,\n  type B,\n} from './a.ts';", ['./a.ts']],
    ['an export', "export * as a from './a.ts';\nexport { b } from 'b';", ['./a.ts', 'b']],
    ['an effect', "import './a.ts';", ['./a.ts']],
    ['a call', "const a = await import('./a.ts');\nconst b = require('b');", ['./a.ts', 'b']],
    ['a type by a call', "export declare const a: import('./a.ts').A;", ['./a.ts']],
    ['output of the bundler', 'import {\n  a\n} from "../chunk.js";', ['../chunk.js']],
    ['the same twice', "import { a } from 'a';\nimport type { B } from 'a';", ['a']],
    ['a comment', "/** import { a } from 'a'; */\n// import 'b';", []],
    ['an export without a source', "export const a = 'from';\nconst b = 'c';", []],
  ])('sees %s', (_, source, imports) => {
    expect(importsOf(source)).toEqual(imports);
  });
});

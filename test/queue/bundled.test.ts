import { expect, it, vi } from 'vitest';
import { compilePglite, locatePglite } from '../../src/queue/database/pglite-modules.ts';

// As Turbopack and webpack leave it: the id that the module has in their bundle, in place of a path.
const found = vi.hoisted((): { path: unknown } => ({ path: undefined }));
vi.mock('node:module', () => ({ createRequire: () => ({ resolve: () => found.path }) }));

it.each([1234, '[externals]/@electric-sql/pglite', '(ssr)/./node_modules/@electric-sql/pglite/index.js'])(
  'in a bundle that finds PGlite at %j, PGlite compiles by itself',
  async (path) => {
    found.path = path;
    expect(locatePglite()).toBeUndefined();
    expect(await compilePglite()).toBeUndefined();
  },
);

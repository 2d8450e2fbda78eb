import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries } from '../../scripts/manifest.ts';
import {
  adapterFiles,
  codeOf,
  coreFiles,
  emulatorFiles,
  filesOf,
  forbiddenImports,
  importsFrom,
  providerIds,
  reachableFrom,
  sandboxParts,
  staticImportsFrom,
  textOf,
} from './source-tree.ts';

const library = [...coreFiles, ...adapterFiles];

describe('the network', () => {
  const clients = /^(ky|undici(\/.+)?|(node:)?(https?|http2|net|tls|dgram|dns(\/promises)?))$/;

  it('is reached by ky, from src/sending/send.ts alone, and by undici, from src/sending/transport.ts alone', () => {
    const loads = (client: string): readonly string[] =>
      library.filter((file) =>
        new RegExp(`^import (?!type )[^;]*'${client}(/.+)?'|import\\('${client}(/.+)?'\\)`, 'm').test(codeOf(file)),
      );
    expect([loads('ky'), loads('undici')]).toEqual([['src/sending/send.ts'], ['src/sending/transport.ts']]);
    const others = library
      .flatMap(importsFrom)
      .filter((imported) => clients.test(imported) && !/^(ky|undici)(\/|$)/.test(imported));
    expect(others).toEqual([]);
  });

  it('is loaded with the first request', () => {
    const isClient = (imported: string): boolean => clients.test(imported);
    expect(library.filter((file) => staticImportsFrom(file).some(isClient))).toEqual([]);
  });

  it('is not reached by calling fetch or a socket directly', () => {
    const callers = library.filter((file) =>
      /(?<!\.)\b(fetch|WebSocket|EventSource|XMLHttpRequest)\(/.test(codeOf(file)),
    );
    // It calls the fetch that it was given.
    expect(callers).toEqual(['src/sending/send.ts']);
  });
});

describe('the core', () => {
  it('imports its own files, ky, undici, valibot and Node.js', () => {
    const isAllowed = (imported: string): boolean =>
      coreFiles.includes(imported) || /^(ky|undici|valibot)(\/|$)/.test(imported) || imported.startsWith('node:');
    expect(forbiddenImports(coreFiles, isAllowed)).toEqual([]);
  });

  it('names no provider', () => {
    // `hosting` is a provider's folder too, but first of all the word for what is cancelled.
    const names = new RegExp([...providerIds.filter((id) => id !== 'hosting'), 'metaregistrar'].join('|'), 'i');
    expect(coreFiles.filter((file) => names.test(textOf(file)))).toEqual([]);
  });

  it('reads environment variables in src/accounts/account.ts alone, and the proxy in src/sending/environment-proxy.ts', () => {
    const readers = [...library, ...filesOf('src/sandbox/**/*.ts'), ...emulatorFiles].filter((file) =>
      /\bprocess\s*(\.\s*env|\[)|\benv\b[^;]*from 'node:process'/.test(codeOf(file)),
    );
    expect(readers).toEqual(['src/accounts/account-operations.ts', 'src/sending/environment-proxy.ts']);
  });
});

describe('an adapter', () => {
  it('imports cancelkit/provider, its fields for valibot, valibot, node:crypto and the files of its own folder', () => {
    const isAllowed = (imported: string, file: string): boolean =>
      ['src/provider/index.ts', 'src/provider/lazy.ts', 'src/provider/fields.ts', 'valibot', 'node:crypto'].includes(
        imported,
      ) ||
      (adapterFiles.includes(imported) && posix.dirname(imported) === posix.dirname(file));
    expect(forbiddenImports(adapterFiles, isAllowed)).toEqual([]);
  });

  it.each(providerIds)('of %s loads what it does with the first call', (id) => {
    const reachable = [...reachableFrom(`providers/${id}/index.ts`, staticImportsFrom)];
    const onDemand = ['definition.ts', 'request.ts', 'response.ts', 'config.ts', 'service.ts'];
    expect(reachable.filter((file) => onDemand.some((name) => file === `providers/${id}/${name}`))).toEqual([]);
    expect(reachable).not.toContain('src/provider/index.ts');
  });
});

describe('an emulator', () => {
  it('imports the kit of the sandbox, hono, Node.js and the other emulator files of its own folder', () => {
    const isAllowed = (imported: string, file: string): boolean =>
      imported.startsWith('src/sandbox/kit/') ||
      imported === 'hono' ||
      imported.startsWith('node:') ||
      (emulatorFiles.includes(imported) && posix.dirname(imported) === posix.dirname(file));
    expect(forbiddenImports(emulatorFiles, isAllowed)).toEqual([]);
  });
});

describe('the sandbox.ts of a provider', () => {
  it('imports its own adapter and the kit of the sandbox, and its emulator when it is loaded', () => {
    const isAllowed = (imported: string, file: string): boolean =>
      ['index.ts', 'emulator.ts'].some((name) => imported === `${posix.dirname(file)}/${name}`) ||
      imported.startsWith('src/sandbox/kit/') ||
      imported === 'src/sandbox/server.ts';
    expect(forbiddenImports(sandboxParts, isAllowed)).toEqual([]);
    const loaded = sandboxParts.flatMap(staticImportsFrom);
    expect(loaded.toSorted()).toEqual(providerIds.map((id) => `providers/${id}/index.ts`));
  });
});

describe('the conformance suite', () => {
  it('is given the test runner, and imports none', () => {
    const isAllowed = (imported: string): boolean => /^(src\/|node:|valibot$)/.test(imported);
    expect(forbiddenImports(filesOf('src/conformance/**/*.ts'), isAllowed)).toEqual([]);
  });
});

describe('the queue', () => {
  const files = filesOf('src/queue/**/*.ts');
  const peers = ['pg', 'pg-boss', '@electric-sql/pglite'];

  it('imports the core, valibot, Node.js and its own files; the libraries that its user installs, when it is opened', () => {
    const isAllowed = (imported: string): boolean =>
      coreFiles.includes(imported) ||
      files.includes(imported) ||
      imported === 'valibot' ||
      imported.startsWith('node:') ||
      peers.includes(imported);
    expect(forbiddenImports(files, isAllowed)).toEqual([]);
    const statically = peers.filter((peer) =>
      files.some((file) => new RegExp(`^import (?!type )[^;]*'${peer}'`, 'm').test(codeOf(file))),
    );
    expect(statically).toEqual([]);
  });

  it('is imported by nothing of the core', () => {
    expect(coreFiles.filter((file) => importsFrom(file).some((imported) => files.includes(imported)))).toEqual([]);
  });
});

describe('the console', () => {
  it('imports the core, the queue, Hono’s JSX, its server for Node.js, valibot, Node.js and its own files', () => {
    const files = filesOf('src/console/**/*.{ts,tsx}');
    const isAllowed = (imported: string): boolean =>
      coreFiles.includes(imported) ||
      files.includes(imported) ||
      /^src\/queue\/(index|model\/state|words\/[\w-]+|input\/(?:check|queue)-input)\.ts$/.test(imported) ||
      /^(hono\/jsx(?:\/jsx-runtime)?|@hono\/node-server|valibot)$/.test(imported) ||
      imported.startsWith('node:');
    expect(forbiddenImports(files, isAllowed)).toEqual([]);
  });
});

describe('the command line', () => {
  const files = filesOf('src/cli/**/*.ts');
  const bundled = ['commander', '@clack/prompts', 'picocolors', 'cli-table3', 'cli-progress', 'csv-parse'];

  it('imports the core, its own files, the list of providers, the queue, the console, the sandbox, valibot, Node.js, what is bundled into it, and the SDK that its user installs', () => {
    const isAllowed = (imported: string): boolean =>
      coreFiles.includes(imported) ||
      files.includes(imported) ||
      bundled.includes(imported) ||
      [
        'src/queue/index.ts',
        'src/queue/examine.ts',
        'src/queue/model/state.ts',
        'src/queue/database/database-place.ts',
      ].includes(imported) ||
      imported.startsWith('@modelcontextprotocol/sdk/') ||
      imported.startsWith('src/queue/words/') ||
      ['src/console/index.ts', 'src/console/local-server.ts'].includes(imported) ||
      ['src/sandbox/index.ts', 'valibot'].includes(imported) ||
      imported.startsWith('node:') ||
      imported === 'providers/list.ts';
    expect(forbiddenImports(files, isAllowed)).toEqual([]);
  });

  it('names no provider, and neither does the sandbox', () => {
    const names = new RegExp([...providerIds.filter((id) => id !== 'hosting'), 'metaregistrar'].join('|'), 'i');
    expect([...files, ...filesOf('src/sandbox/**/*.ts')].filter((file) => names.test(textOf(file)))).toEqual([]);
  });

  it('loads nothing but commander and picocolors before a command needs it', () => {
    const loaded = new Set<string>();
    // index.ts loads main.ts whenever the version of Node.js is supported.
    const waiting = ['src/cli/index.ts', 'src/cli/main.ts'];
    for (const file of waiting) {
      if (loaded.has(file)) continue;
      loaded.add(file);
      if (file.endsWith('.ts')) waiting.push(...staticImportsFrom(file));
    }
    const libraries = [...loaded].filter((file) => !file.endsWith('.ts') && !file.startsWith('node:'));
    expect(libraries.toSorted()).toEqual(['commander', 'picocolors']);
  });

  it('is imported by nothing else', () => {
    const others = [...coreFiles, ...adapterFiles, ...filesOf('src/{sandbox,conformance,queue,config}/**/*.ts')];
    expect(others.filter((file) => importsFrom(file).some((imported) => files.includes(imported)))).toEqual([]);
  });
});

describe('the configuration of the command line', () => {
  it('loads nothing: what it imports are types', () => {
    expect(staticImportsFrom('src/config/index.ts')).toEqual([]);
  });
});

describe('importing', () => {
  const tools = /^src\/(sandbox|conformance|queue|config|console)\/index\.ts$/;

  it.each(entries.filter(({ source }) => !tools.test(source)))(
    '$specifier reaches the core, its own adapter, ky, undici and valibot, and no more',
    ({ source }) => {
      const isOwn = (file: string): boolean =>
        coreFiles.includes(file) || (adapterFiles.includes(file) && posix.dirname(file) === posix.dirname(source));
      const others = [...reachableFrom(source)].filter((file) => !isOwn(file) && !file.startsWith('node:'));
      const packages = new Set(others.map((file) => file.replace(/^undici\/.+/, 'undici')));
      expect(['ky', 'undici', 'valibot']).toEqual(expect.arrayContaining([...packages]));
    },
  );
});

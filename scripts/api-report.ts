/**
 * Compares the public surface of each entry with its report in `test/api`, and fails if one differs:
 * `node scripts/api-report.ts`. With `--update` the reports are written anew. Needs a build.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageCategory,
  type ExtractorResult,
} from '@microsoft/api-extractor';
import { entries, root } from './manifest.ts';

const update = process.argv.includes('--update');
const reports = join(root, 'test/api');
const temporary = join(root, '.cache/api');

mkdirSync(reports, { recursive: true });
rmSync(temporary, { recursive: true, force: true });
mkdirSync(temporary, { recursive: true });
for (const { specifier, types } of entries) {
  const name = specifier.replaceAll('/', '-');
  const { apiReportChanged, errorCount } = extract(name, types, reports);
  if (errorCount > 0 || (apiReportChanged && !update)) complain(specifier, name);
}
const unexported = unexportedDeclarations();
const known = join(reports, 'unexported.api.md');
if (update) writeFileSync(known, unexported);
else if (!existsSync(known) || readFileSync(known, 'utf8').replaceAll('\r', '') !== unexported) {
  complain('the types that exports refer to', 'unexported');
}

/**
 * What exports refer to and no entry exports: a change of it changes what users can write, and is in no other report.
 */
function unexportedDeclarations(): string {
  const all = entries.map(({ types }) => `export * from '${posix.join('../..', types).replace('.d.ts', '.js')}';`);
  writeFileSync(join(temporary, 'every-entry.d.ts'), `${all.join('\n')}\n`);
  mkdirSync(join(temporary, 'all'));
  extract('everything', '.cache/api/every-entry.d.ts', join(temporary, 'all'));
  const blocks = readFileSync(join(temporary, 'everything.api.md'), 'utf8').replaceAll('\r', '').split('\n\n');
  const kept = blocks.filter((block) =>
    /^(?:declare |abstract )*(?:interface|type|class|const|function) /m.test(block),
  );
  return `# Declarations that exports refer to, and no entry exports\n\n\`\`\`ts\n${kept.join('\n\n')}\n\`\`\`\n`;
}

function complain(surface: string, name: string): void {
  console.error(
    `The public surface of ${surface} is not what test/api/${name}.api.md says. If that is meant: npm run api:update`,
  );
  process.exitCode = 1;
}

function extract(name: string, types: string, folder: string): ExtractorResult {
  const isAll = folder !== reports;
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'NodeNext',
            target: 'ES2023',
            lib: ['ES2024', 'ESNext.Disposable'],
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          include: ['dist/**/*.d.ts', '.cache/api/*.d.ts'],
        },
      },
      apiReport: {
        enabled: true,
        includeForgottenExports: isAll,
        reportFileName: name,
        reportFolder: folder,
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: join(root, 'api-extractor.json'),
    packageJsonFullPath: join(root, 'package.json'),
  });
  return Extractor.invoke(config, {
    localBuild: update || isAll,
    // What is said of a report that differs is said above.
    messageCallback: (message) => {
      message.handled = message.category === ExtractorMessageCategory.Console;
    },
  });
}

/**
 * Compares the public surface of each entry with its report in `test/api`, and fails if one differs:
 * `node scripts/api-report.ts`. With `--update` the reports are written anew. Needs a build.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, ExtractorMessageCategory } from '@microsoft/api-extractor';
import { entries, root } from './manifest.ts';

const update = process.argv.includes('--update');
const reports = join(root, 'test/api');
const temporary = join(root, '.cache/api');

mkdirSync(reports, { recursive: true });
rmSync(temporary, { recursive: true, force: true });
mkdirSync(temporary, { recursive: true });
for (const { specifier, types } of entries) {
  const name = specifier.replaceAll('/', '-');
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
          include: ['dist/**/*.d.ts'],
        },
      },
      apiReport: { enabled: true, reportFileName: name, reportFolder: reports, reportTempFolder: temporary },
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
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: update,
    // What is said of a report that differs is said below.
    messageCallback: (message) => {
      message.handled = message.category === ExtractorMessageCategory.Console;
    },
  });
  if (errorCount > 0 || (apiReportChanged && !update)) {
    console.error(
      `The public surface of ${specifier} is not what test/api/${name}.api.md says. If that is meant: npm run api:update`,
    );
    process.exitCode = 1;
  }
}

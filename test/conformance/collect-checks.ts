import type { Timing } from 'cancelkit';
import { providerConformance, type ConformanceSubject } from 'cancelkit/conformance';
import type { Config } from '../../examples/provider-template/config.ts';
import type { Service } from '../../examples/provider-template/service.ts';

/** A subject of the shape that the template's provider has. */
export type SampleSubject = ConformanceSubject<Config, Service>;

/** The checks of the suite for a subject, by `group: name`. */
export function collectChecks<ConfigInput, ServiceInput, T extends Timing>(
  subject: ConformanceSubject<ConfigInput, ServiceInput, T>,
  suite: typeof providerConformance = providerConformance,
): ReadonlyMap<string, () => Promise<void>> {
  const checks = new Map<string, () => Promise<void>>();
  const titles: string[] = [];
  suite(subject, {
    describe: (title, body) => {
      titles.push(title);
      body();
      titles.pop();
    },
    it: (name, run) => void checks.set(`${titles.at(-1)}: ${name}`, run),
  });
  return checks;
}

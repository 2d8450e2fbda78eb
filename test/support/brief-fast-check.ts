/**
 * fast-check with fewer runs: for mutation testing, where each property runs once for every mutant that it reaches, and
 * few runs find most mutants.
 */
import * as real from '../../node_modules/fast-check/lib/fast-check.js';

// Properties of many runs are cheap ones.
const MANY = 1_000;

function brief(parameters: { readonly numRuns?: number } | undefined): object {
  const numRuns = parameters?.numRuns ?? 100;
  return { ...parameters, numRuns: numRuns > MANY ? numRuns / 4 : Math.max(8, Math.round(numRuns / 20)) };
}

const fastCheck: Record<string, unknown> = {
  ...real.default,
  assert: (property: Parameters<typeof real.assert>[0], parameters?: { readonly numRuns?: number }): unknown =>
    real.assert(property, brief(parameters)),
};

export default fastCheck;

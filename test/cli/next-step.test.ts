import { describe, expect, it } from 'vitest';
import { nextStepOf } from '../../src/cli/terminal/next-step.ts';

describe('what to do next', () => {
  it.each([
    [
      'vpsbg: the connection was refused. Nothing was sent.',
      'Nothing happened. Run it again later; if it stays so, check the address in the configuration.',
    ],
    ['vpsbg: the host name does not exist. Check the host name in the option baseUrl. Nothing was sent.', undefined],
    ['vpsbg: Cloudflare answered with a challenge. Ask the owner of the address to let it pass.', undefined],
  ])('is not to run it again if the message says what is wrong: %s', (message, expected) => {
    expect(nextStepOf({ code: 'unavailable', message })).toBe(expected);
  });

  it.each([
    ['queue: it may have been written.', 'queue', 'queue list'],
    ['list.results.jsonl cannot be written any more. Go on with --resume.', undefined, undefined],
    ['vpsbg: the connection was lost.', 'cancel', 'cancelkit status'],
  ] as const)('after an unknown outcome fits what may have happened: %s', (message, operation, expected) => {
    const next = nextStepOf({ code: 'outcome_unknown', message, operation });
    if (expected === undefined) expect(next).toBeUndefined();
    else expect(next).toContain(expected);
  });
});

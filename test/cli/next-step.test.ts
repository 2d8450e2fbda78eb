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
});

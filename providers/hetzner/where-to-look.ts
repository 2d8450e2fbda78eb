import type { WhereToLook } from '../../src/provider/index.ts';
import { HETZNER_BASE_URL, type ResolvedHetznerConfig } from './config.ts';
import type { ResolvedHetznerService } from './service.ts';

const ROBOT = 'https://robot.hetzner.com/';

/** Where a person finds a server at Hetzner. Sources: this folder's README. */
export function whereToLook({ serverNumber }: ResolvedHetznerService, { baseUrl }: ResolvedHetznerConfig): WhereToLook {
  return {
    steps: [
      'Sign in to Robot with its own login, which is not that of the web service.',
      `Open Servers and the server with the number ${serverNumber}.`,
      'Open the tab Cancellation and look for the date.',
    ],
    ...(baseUrl === HETZNER_BASE_URL ? { url: ROBOT } : {}),
    source: 'documented',
  };
}

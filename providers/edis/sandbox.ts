import type { ProviderSandbox } from '../../src/sandbox/kit/provider-sandbox.ts';
import type { SandboxServer } from '../../src/sandbox/server.ts';
import type { EdisControls } from './emulator.ts';
import { edis, edisProvider, type EdisAccount } from './index.ts';

export type { EdisControls, EdisOptions, EdisSeeded, EdisService, EdisServiceInit } from './emulator.ts';

/** The emulated EDIS: what it holds, what it saw, and what shall go wrong. */
export interface EdisSandbox extends EdisControls, SandboxServer {}

/** With what the emulated EDIS is reached. */
export interface EdisSettings {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
}

/** The settings of EDIS in the sandbox. */
export interface EdisSandboxSettings {
  readonly edis: EdisSettings;
}

/** The accounts at EDIS in the sandbox. */
export interface EdisSandboxAccounts {
  readonly edis: EdisAccount;
}

/** EDIS for the sandbox and the command line. */
export const edisSandbox: ProviderSandbox<typeof edisProvider, EdisControls, EdisSandboxSettings, EdisSandboxAccounts> =
  {
    provider: edisProvider,
    portOffset: 0,
    load: async () => {
      const { createEdisEmulator, edisSandboxLogin } = await import('./emulator.ts');
      return {
        create: createEdisEmulator,
        reach(origin) {
          const settings = { baseUrl: origin, ...edisSandboxLogin };
          return { settings: { edis: settings }, accounts: { edis: edis(settings) } };
        },
      };
    },
  };

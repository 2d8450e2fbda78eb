import type { Emulator, EmulatorContext } from './emulator.ts';

/** What the sandbox and the command line need of a provider; each provider's `sandbox.ts` has it. */
export interface ProviderSandbox<ProviderType, Controls, Settings, Accounts> {
  readonly provider: ProviderType;
  /** Place of the emulator's port in the sandbox's row of ports, from 0. A new provider takes the next one. */
  readonly portOffset: number;
  /** Loads the emulator, which the command line does not need until it starts a sandbox. */
  readonly load: () => Promise<LoadedEmulator<Controls, Settings, Accounts>>;
}

/** An emulator that can be started. */
export interface LoadedEmulator<Controls, Settings, Accounts> {
  readonly create: (context: EmulatorContext) => Emulator<Controls>;
  /** What reaches the emulator at this origin, such as `http://127.0.0.1:4010`. */
  readonly reach: (origin: string) => EmulatorAccess<Settings, Accounts>;
}

/** How an emulator is reached: fields for `sandbox.settings`, and fields for `sandbox.accounts`. */
export interface EmulatorAccess<Settings, Accounts> {
  readonly settings: Settings;
  readonly accounts: Accounts;
}

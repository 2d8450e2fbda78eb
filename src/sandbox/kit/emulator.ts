import type { AnyWhen } from '../../contract/vocabulary.ts';
import type { EmulatorClock } from './clock.ts';
import type { EmulatorOptions } from './options.ts';

/** What an emulator is given when it is made. */
export interface EmulatorContext {
  readonly clock: EmulatorClock;
}

/** One provider's API: it answers requests, and offers controls to look at and change its state. */
export interface Emulator<Controls> {
  /** Executes one request and answers it. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The provider's own body for a status that the emulator never produces by itself, such as 429 or 500. */
  readonly failure: (status: number) => Response;
  readonly controls: Controls;
}

/** The controls that every provider of the sandbox has. */
export interface ProviderControls<Service, Id, Options> {
  /** A snapshot of every service. */
  services(): readonly Service[];
  /**
   * A snapshot of one service.
   * @throws RangeError if none has this id.
   */
  service(id: Id): Service;
  /**
   * Changes how the emulator answers from now on; options that are not named keep their values.
   * @throws TypeError on an unknown option or value.
   */
  configure(options: Partial<Options>): void;
}

/** What the sandbox reports of every service, whichever the provider. */
export interface SandboxService {
  /** The cancellation in force; `null` if not set or undone. */
  readonly cancellation: SandboxCancellation | null;
  /** How many cancel calls took effect on this service: 2 means that it was cancelled twice. */
  readonly timesCancelled: number;
}

/** A cancellation as the emulator keeps it. */
export interface SandboxCancellation {
  readonly when: AnyWhen;
  /** The reason as it arrived; `undefined` when none was sent or the API has no field for it. */
  readonly reason: string | undefined;
  readonly requestedAt: Date;
  /** When it will take effect, if that was fixed when it was asked for. */
  readonly target?: Date;
  /** When the service ended because of it; `undefined` until then. */
  readonly effectiveAt: Date | undefined;
}

/** The same type with its fields writable, for the emulator's own copy of the state. */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** What a provider's controls look at. */
export interface ControlledState<Service, Id, Options> {
  readonly services: ReadonlyMap<string | number, Service>;
  /** By any of its ids. Default: by the key of `services`. */
  readonly find?: (id: Id) => Service | undefined;
  readonly options: EmulatorOptions<Options>;
}

/** The controls that every provider of the sandbox has. What they return are copies. */
export function controlsOf<Service, Id extends string | number, Options>(
  provider: string,
  { services, find = (id) => services.get(id), options }: ControlledState<Service, Id, Options>,
): ProviderControls<Service, Id, Options> {
  return {
    services: () => structuredClone([...services.values()]),
    service: (id) => structuredClone(foundService(provider, find(id), id, services.keys())),
    configure: options.configure,
  };
}

/** The service with the id, or a RangeError that names the ids there are. */
export function foundService<Service>(
  provider: string,
  service: Service | undefined,
  id: unknown,
  known: Iterable<string | number>,
): Service {
  if (service !== undefined) return service;
  throw new RangeError(`sandbox.${provider}: no service ${String(id)}; there are ${[...known].join(', ')}.`);
}

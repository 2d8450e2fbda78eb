import { addDays, midnightOf } from '../../src/sandbox/kit/calendar.ts';
import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
  foundService,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf, text, textOrNull, texts, trueOrFalse } from '../../src/sandbox/kit/options.ts';
import { type WhmcsAdministrator, type WhmcsLogin, createWhmcsAccess } from './emulator-access.ts';
import { type WhmcsCancelError, type WhmcsOptions, createWhmcsRoutes, whmcsFailure } from './emulator-routes.ts';
import {
  type WhmcsCancellationRequest,
  type WhmcsService,
  type WhmcsServiceInit,
  createWhmcsState,
} from './emulator-state.ts';

export { whmcsSandboxDirectory } from './emulator-routes.ts';
export type { WhmcsCancelError, WhmcsOptions } from './emulator-routes.ts';
export type { WhmcsCancellationRequest, WhmcsService, WhmcsServiceInit, WhmcsServiceStatus } from './emulator-state.ts';

/** The id of a service, in the shape in which the adapter takes it. */
export interface WhmcsServiceId {
  readonly serviceId: number;
}

/** Looks at and changes the state of the emulated WHMCS. */
export interface WhmcsControls extends ProviderControls<WhmcsService, number | string, WhmcsOptions> {
  /** The services that are there from the start. */
  readonly seeded: {
    /** Active and not cancelled, due in 20 days. */
    readonly active: WhmcsServiceId;
    /** Suspended, and not cancelled. */
    readonly suspended: WhmcsServiceId;
    /** Active, with a request for the end of the billing period. */
    readonly cancelled: WhmcsServiceId;
    /** Terminated, without a request. */
    readonly terminated: WhmcsServiceId;
    /** Active, free of charge, and without a due date. */
    readonly free: WhmcsServiceId;
  };
  /** Adds a service. */
  add(init?: WhmcsServiceInit): WhmcsService;
  /** A snapshot of every cancellation request, oldest first. */
  cancellationRequests(): readonly WhmcsCancellationRequest[];
  /**
   * Removes the cancellation request of a service, as a person can in the admin area.
   * @throws RangeError on an unknown id.
   */
  deleteCancellationRequest(serviceId: number | string): void;
  /**
   * Ends a service, as a person can in the admin area.
   * @throws RangeError on an unknown id.
   */
  terminate(serviceId: number | string): void;
  /** Lets the next accepted `AddCancelRequest` answer `result: error` with this message, as of a payment gateway. */
  failNextCancel(error: WhmcsCancelError): void;
  /** Ends the bans that bad logins have brought about; they end by themselves after 15 minutes. */
  liftBans(): void;
}

/** The API logins that the emulated WHMCS knows. */
export const whmcsSandboxLogins: Readonly<Record<'full' | 'readOnly' | 'disabled' | 'withoutApiAccess', WhmcsLogin>> = {
  full: login('Full', 'all'),
  readOnly: login('ReadOnly', ['getcancelledpackages', 'getclientsproducts']),
  disabled: { ...login('Disabled', 'all'), disabled: true },
  withoutApiAccess: { ...login('WithoutApiAccess', 'all'), apiAccess: false },
};

/** The administrator whose name and password's md5 the emulated WHMCS accepts. */
export const whmcsSandboxAdministrator: WhmcsAdministrator = {
  username: 'sandbox-admin',
  password: 'Pässword & 100%+1',
};

/** Emulates the API of WHMCS: cancellation requests, and the cron that carries them out. */
export function createWhmcsEmulator({ clock }: EmulatorContext): Emulator<WhmcsControls> {
  const options = createOptions<WhmcsOptions>('whmcs', {
    ids: oneOf('numbers', 'strings'),
    lists: oneOf('array', 'single_object', 'numeric_keys'),
    emptyLists: oneOf('empty_string', 'empty_array', 'empty_object', 'absent'),
    callerIp: text('127.0.0.1'),
    allowedIps: texts('127.0.0.1'),
    accessKey: textOrNull,
    automation: trueOrFalse(true),
    completedRequests: oneOf('listed', 'removed'),
    unknownActionStatus: oneOf(200, 400, 403),
  });
  const state = createWhmcsState(clock, () => options.current().automation);
  const access = createWhmcsAccess(Object.values(whmcsSandboxLogins), whmcsSandboxAdministrator, clock);
  let cancelError: WhmcsCancelError | undefined;
  clock.onMove(() => state.tick());

  const nextDueDate = addDays(midnightOf(clock.now()), 20);
  const active = state.add({ nextDueDate });
  const suspended = state.add({ nextDueDate, status: 'Suspended' });
  const cancelled = state.add({ nextDueDate });
  state.requestCancellation(cancelled, 'end_of_period', 'No longer needed');
  const terminated = state.add({ nextDueDate, status: 'Terminated' });
  const free = state.add({ nextDueDate: null });

  const known = (id: number | string): WhmcsService =>
    foundService('whmcs', state.find(String(id)), id, state.services.keys());
  const takeCancelError = (): WhmcsCancelError | undefined => {
    const taken = cancelError;
    cancelError = undefined;
    return taken;
  };

  return {
    fetch: createWhmcsRoutes(state, access, options.current, takeCancelError),
    failure: whmcsFailure,
    controls: {
      seeded: {
        active: idOf(active),
        suspended: idOf(suspended),
        cancelled: idOf(cancelled),
        terminated: idOf(terminated),
        free: idOf(free),
      },
      ...controlsOf('whmcs', { services: state.services, find: (id) => state.find(String(id)), options }),
      add: (init = {}) => structuredClone(state.add(init)),
      cancellationRequests: () => structuredClone([...state.requests.values()]),
      deleteCancellationRequest: (id) => state.deleteRequest(known(id)),
      terminate: (id) => state.terminate(known(id)),
      failNextCancel(error) {
        cancelError = { ...error };
      },
      liftBans: () => access.liftBans(),
    },
  };
}

/** Identifiers and secrets are 32 letters and digits, as WHMCS makes them. */
function login(name: string, actions: WhmcsLogin['actions']): WhmcsLogin {
  return {
    identifier: `sandboxIdentifier${name}`.padEnd(32, '0'),
    secret: `sandboxSecret${name}`.padEnd(32, '9'),
    actions,
    disabled: false,
    apiAccess: true,
  };
}

function idOf({ serviceId }: WhmcsService): WhmcsServiceId {
  return { serviceId };
}

import { addDays } from '../../src/sandbox/kit/calendar.ts';
import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, headerName, oneOf, text, zeroOrMore } from '../../src/sandbox/kit/options.ts';
import { createAnswers } from './emulator-json.ts';
import { type HostingOptions, createHostingRoutes, hostingFailure } from './emulator-routes.ts';
import { createHostingState } from './emulator-state.ts';
import type { HostingService, HostingServiceInit } from './emulator-types.ts';

export { hostingSandboxPath } from './emulator-routes.ts';
export type { HostingOptions } from './emulator-routes.ts';
export type { HostingJob, HostingService, HostingServiceInit } from './emulator-types.ts';

/** A hosting and its domain, in the shape in which the adapter takes them. */
export interface HostingServiceId {
  readonly hostingId: string;
  readonly domain: string;
}

/** Looks at and changes the state of the emulated Hosting API. */
export interface HostingControls extends ProviderControls<HostingService, string, HostingOptions> {
  /** The hostings that are there from the start. */
  readonly seeded: {
    /** Active and not cancelled, paid for 20 more days. */
    readonly active: HostingServiceId;
    /** Suspended, and not cancelled. */
    readonly suspended: HostingServiceId;
    /** Still being set up. */
    readonly provisioning: HostingServiceId;
    /** Cancelled at the end of the period, which has not come yet. */
    readonly cancelled: HostingServiceId;
    /** Gone for good. */
    readonly deleted: HostingServiceId;
  };
  /** Adds a hosting. */
  add(init?: HostingServiceInit): HostingService;
  /**
   * Lets the next job that is queued, or the next `times` jobs, end as `failed`.
   * @throws RangeError when `times` is not a whole number above zero.
   */
  failJobs(times?: number): void;
}

/** The token that the emulated Hosting API accepts. */
export const hostingSandboxToken = 'sandboxTokenOfHosting+/=0123456789';

/** Emulates Metaregistrar's Hosting API: hostings, and jobs that carry cancellations out. */
export function createHostingEmulator({ clock }: EmulatorContext): Emulator<HostingControls> {
  const options = createOptions<HostingOptions>('hosting', {
    keyStyle: oneOf('camelCase', 'snake_case'),
    tokenHeader: headerName('token'),
    tokenScheme: text(''),
    jobDelayMs: zeroOrMore(60_000),
    serviceStatusAfterCancel: text('expiring'),
    deletedHosting: oneOf('gone', 'listed'),
  });
  const state = createHostingState(clock);
  clock.onMove(() => state.tick());

  const nextServiceRenewalDate = addDays(clock.now(), 20);
  const active = state.add({ domain: 'active.example', nextServiceRenewalDate });
  const suspended = state.add({ domain: 'suspended.example', nextServiceRenewalDate, suspended: true });
  const provisioning = state.add({ domain: 'provisioning.example', nextServiceRenewalDate, state: 'provisioning' });
  const cancelled = state.add({ domain: 'cancelled.example', nextServiceRenewalDate, state: 'cancelled' });
  const deleted = state.add({ domain: 'deleted.example', state: 'deleted' });

  return {
    fetch: createHostingRoutes(state, options.current, hostingSandboxToken),
    failure: (status) => hostingFailure(status, createAnswers(state.nextId(), options.current().keyStyle, undefined)),
    controls: {
      seeded: {
        active: idOf(active),
        suspended: idOf(suspended),
        provisioning: idOf(provisioning),
        cancelled: idOf(cancelled),
        deleted: idOf(deleted),
      },
      ...controlsOf('hosting', { services: state.services, options }),
      add: (init = {}) => structuredClone(state.add(init)),
      failJobs(times = 1) {
        if (!Number.isInteger(times) || times < 1) {
          throw new RangeError('sandbox.hosting.failJobs: expected a whole number of jobs above zero.');
        }
        state.failJobs(times);
      },
    },
  };
}

function idOf({ hostingId, domain }: HostingService): HostingServiceId {
  return { hostingId, domain };
}

import { addDays } from '../../src/sandbox/kit/calendar.ts';
import {
  type Emulator,
  type EmulatorContext,
  type ProviderControls,
  controlsOf,
} from '../../src/sandbox/kit/emulator.ts';
import { createOptions, oneOf, positiveIntegerOrNull } from '../../src/sandbox/kit/options.ts';
import { edisCatalogue } from './emulator-catalogue.ts';
import { type EdisLogin, type EdisOptions, createEdisRoutes, edisFailure } from './emulator-routes.ts';
import { type EdisService, type EdisServiceInit, createEdisState } from './emulator-state.ts';

export type { EdisOptions } from './emulator-routes.ts';
export type { EdisService, EdisServiceInit } from './emulator-state.ts';

/** The services that are there from the start, each by one of its two ids; the API takes either. */
export interface EdisSeeded<Reference> {
  /** Active and not cancelled, paid for 20 more days. */
  readonly active: Reference;
  /** Active, with a cancellation at the end of the billing period. */
  readonly cancelled: Reference;
  /** Ordered, but not paid yet. */
  readonly pending: Reference;
}

/** Looks at and changes the state of the emulated EDIS. */
export interface EdisControls extends ProviderControls<EdisService, string | number, EdisOptions> {
  /** The services that are there from the start. Each is a `service` for a request. */
  readonly seeded: EdisSeeded<{ readonly kvmId: string }>;
  /** The same services by their other id. */
  readonly seededByServiceId: EdisSeeded<{ readonly serviceId: number }>;
  /** Adds a service. */
  add(init?: EdisServiceInit): EdisService;
  /**
   * Sets how many pieces of a product are left (10 at the start); an order that needs more fails as out of stock.
   * @throws RangeError on an unknown product or a number below zero.
   */
  setStock(productId: number, pieces: number): void;
}

/** The login that the emulated EDIS accepts; the password has the characters that break careless encoding. */
export const edisSandboxLogin: EdisLogin = { email: 'reseller+edis@example.com', password: 'Grüße & p+w=1%2B2' };

/** Emulates the ORDER API of EDIS Global: orders, and cancellations that a cron carries out. */
export function createEdisEmulator({ clock }: EmulatorContext): Emulator<EdisControls> {
  const options = createOptions<EdisOptions>('edis', {
    clientId: positiveIntegerOrNull(4711),
    cancelAnswer: oneOf('success', 'failed'),
    credit: oneOf('sufficient', 'insufficient'),
  });
  const state = createEdisState(clock);
  clock.onMove(() => state.tick());

  const active = state.add({ nextDueDate: addDays(clock.now(), 20) });
  const cancelled = state.add({ nextDueDate: addDays(clock.now(), 20) });
  state.cancel(cancelled, 'end_of_period');
  const pending = state.add({ status: 'pending' });
  const seededAs = <Reference>(reference: (service: EdisService) => Reference): EdisSeeded<Reference> => ({
    active: reference(active),
    cancelled: reference(cancelled),
    pending: reference(pending),
  });

  return {
    fetch: createEdisRoutes(state, options.current, edisSandboxLogin),
    failure: edisFailure,
    controls: {
      seeded: seededAs(({ kvmId }) => ({ kvmId })),
      seededByServiceId: seededAs(({ serviceId }) => ({ serviceId })),
      ...controlsOf('edis', {
        services: state.services,
        find: (id) => state.byKvmId(String(id)) ?? state.byServiceId(String(id)),
        options,
      }),
      add: (init = {}) => structuredClone(state.add(init)),
      setStock(productId, pieces) {
        if (!edisCatalogue.some(({ pid }) => pid === productId)) {
          const known = edisCatalogue.map(({ pid }) => pid).join(', ');
          throw new RangeError(`sandbox.edis.setStock: no product ${productId}; there are ${known}.`);
        }
        if (!Number.isInteger(pieces) || pieces < 0) {
          throw new RangeError('sandbox.edis.setStock: expected a whole number of pieces, zero or more.');
        }
        state.stock.set(productId, pieces);
      },
    },
  };
}

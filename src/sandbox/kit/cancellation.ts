import type { EmulatorClock } from './clock.ts';
import type { Mutable, SandboxCancellation, SandboxService } from './emulator.ts';

/** A service as it is before any cancellation. */
export const UNCANCELLED: SandboxService = { cancellation: null, timesCancelled: 0 };

/** Stores a cancellation that is asked for now. A cancellation before it is replaced, and both count. */
export function storeCancellation(
  service: Mutable<SandboxService>,
  clock: EmulatorClock,
  asked: Pick<SandboxCancellation, 'when' | 'target'> & { readonly reason?: string | undefined },
): void {
  service.cancellation = { reason: undefined, ...asked, requestedAt: clock.now(), effectiveAt: undefined };
  service.timesCancelled += 1;
}

/**
 * Lets a cancellation take effect whose target has been reached. Does nothing to any other service, or a second time.
 *
 * @returns whether it took effect now.
 */
export function takeEffect(service: Mutable<SandboxService>, now: Date): boolean {
  const { cancellation } = service;
  const target = cancellation?.target;
  if (cancellation === null || target === undefined || target > now || cancellation.effectiveAt !== undefined) {
    return false;
  }
  service.cancellation = { ...cancellation, effectiveAt: target };
  return true;
}

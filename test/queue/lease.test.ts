import { afterEach, describe, expect, it, vi } from 'vitest';
import { msSinceBoot } from '../../src/platform/since-boot.ts';
import { Lease } from '../../src/queue/model/lease.ts';

vi.mock('../../src/platform/since-boot.ts', { spy: true });

const MINUTE = 60_000;

afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(msSinceBoot).mockReset();
});

describe('the time that is left of a lease', () => {
  it('is what the clock says on which most time has passed', () => {
    const clocks = { monotonic: 1_000, wall: 2_000_000_000_000, boot: 500_000 };
    vi.spyOn(performance, 'now').mockImplementation(() => clocks.monotonic);
    vi.spyOn(Date, 'now').mockImplementation(() => clocks.wall);
    vi.mocked(msSinceBoot).mockImplementation(() => clocks.boot);
    const lease = new Lease(MINUTE);
    expect(lease.remainingMs).toBe(MINUTE);
    clocks.monotonic += 10_000;
    expect(lease.remainingMs).toBe(MINUTE - 10_000);
    // Asleep for half an hour: the monotonic clock stood still.
    clocks.wall += 30 * MINUTE;
    expect(lease.remainingMs).toBe(-29 * MINUTE);
    // The wall clock was set back meanwhile.
    clocks.wall -= 60 * MINUTE;
    clocks.boot += 30 * MINUTE;
    expect(lease.remainingMs).toBe(-29 * MINUTE);
  });
});

import os from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { msSinceBoot, watchForSleep } from '../../src/platform/since-boot.ts';

afterEach(() => void vi.restoreAllMocks());

describe('the time since the boot', () => {
  it('is that of the system', () => {
    vi.spyOn(os, 'uptime').mockReturnValue(12.5);
    expect(msSinceBoot()).toBe(12_500);
  });

  it('is that of the process if the system does not show it', () => {
    vi.spyOn(os, 'uptime').mockImplementation(() => {
      throw new Error('uv_uptime returned EACCES');
    });
    vi.spyOn(performance, 'now').mockReturnValue(7);
    expect(msSinceBoot()).toBe(7);
  });
});

describe('the watch for sleep', () => {
  it.each([
    ['has noticed none if both clocks went on', 60, 60_000, false],
    ['bears with a clock that counts whole seconds', 61, 60_000, false],
    ['has noticed it if the clock of the process stood still', 60, 10, true],
    ['bears with a system whose time went back', -60, 10, false],
  ])('%s', (_, seconds, milliseconds, hasSlept) => {
    const clocks = { boot: 1_000, awake: 5_000 };
    vi.spyOn(os, 'uptime').mockImplementation(() => clocks.boot);
    vi.spyOn(performance, 'now').mockImplementation(() => clocks.awake);
    const watch = watchForSleep();
    clocks.boot += seconds;
    clocks.awake += milliseconds;
    expect(watch()).toBe(hasSlept);
  });

  it('reads the clock of the system once for all that start within a millisecond', () => {
    const clocks = { boot: 1_000, awake: 9_000 };
    const uptime = vi.spyOn(os, 'uptime').mockImplementation(() => clocks.boot);
    vi.spyOn(performance, 'now').mockImplementation(() => clocks.awake);
    const first = watchForSleep();
    clocks.awake += 0.9;
    const second = watchForSleep();
    expect(uptime).toHaveBeenCalledTimes(1);
    clocks.boot += 60;
    clocks.awake += 0.1;
    expect([first(), second()]).toEqual([true, true]);
    expect(uptime).toHaveBeenCalledTimes(2);
  });

  it('notices a sleep within the millisecond of the last reading', () => {
    const clocks = { boot: 2_000, awake: 20_000, wall: 1_800_000_000_000 };
    vi.spyOn(os, 'uptime').mockImplementation(() => clocks.boot);
    vi.spyOn(performance, 'now').mockImplementation(() => clocks.awake);
    vi.spyOn(Date, 'now').mockImplementation(() => clocks.wall);
    const watch = watchForSleep();
    clocks.boot += 60;
    clocks.wall += 60_000;
    clocks.awake += 0.1;
    expect(watch()).toBe(true);
  });
});

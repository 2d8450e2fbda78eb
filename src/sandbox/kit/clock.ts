/** The time in the sandbox. It stands still until it is moved, and only moves forward. */
export interface SandboxClock {
  /** The present moment in the sandbox. */
  now(): Date;
  /** Moves forward by the sum of the given amounts, lets everything that falls due happen, and returns the new time. */
  advance(by: ClockStep): Date;
  /** Moves forward to the date, lets everything that falls due happen, and returns the new time. */
  set(date: Date): Date;
}

/** How far the clock moves; fractions are allowed. */
export interface ClockStep {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/** The clock, and a way to be notified when it moves. */
export interface EmulatorClock extends SandboxClock {
  /** Calls the listener after every move. */
  onMove(listener: () => void): void;
}

const units = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000, milliseconds: 1 } as const;

/** Dates beyond the year 9999 have no four-digit form, which the providers' date fields need. */
const end = Date.UTC(9999, 11, 31);

/**
 * Makes a clock that shows `start`.
 * @throws TypeError or RangeError when `start` is not a usable date.
 */
export function createClock(start: Date): EmulatorClock {
  let time = checkedTime('startSandbox: now', start);
  const listeners: (() => void)[] = [];

  function moveTo(target: number, method: string): Date {
    if (target < time) {
      throw new RangeError(
        `clock.${method}: the sandbox clock only moves forward, and it already shows ${new Date(time).toISOString()}.`,
      );
    }
    if (target > end) throw new RangeError(`clock.${method}: expected a time before the end of the year 9999.`);
    time = target;
    for (const listener of listeners) listener();
    return new Date(time);
  }

  return {
    now: () => new Date(time),
    advance: (by) => moveTo(time + stepLength(by), 'advance'),
    set: (date) => moveTo(checkedTime('clock.set', date), 'set'),
    onMove: (listener) => void listeners.push(listener),
  };
}

function checkedTime(where: string, date: unknown): number {
  if (!(date instanceof Date)) throw new TypeError(`${where}: expected a Date.`);
  const time = date.getTime();
  if (Number.isNaN(time)) throw new RangeError(`${where}: expected a valid Date, not an invalid one.`);
  if (time < 0 || time > end) throw new RangeError(`${where}: expected a Date between the years 1970 and 9999.`);
  return time;
}

function stepLength(by: unknown): number {
  if (typeof by !== 'object' || by === null) {
    throw new TypeError('clock.advance: expected an object such as { days: 40 }.');
  }
  let length = 0;
  for (const [unit, amount] of Object.entries(by)) {
    if (!isUnit(unit)) {
      throw new TypeError(`clock.advance: unknown unit "${unit}"; expected ${Object.keys(units).join(', ')}.`);
    }
    if (amount === undefined) continue;
    if (typeof amount !== 'number') throw new TypeError(`clock.advance: expected a number of ${unit}.`);
    if (!Number.isFinite(amount) || amount < 0) {
      throw new RangeError(`clock.advance: expected a finite number of ${unit}, zero or more.`);
    }
    length += amount * units[unit];
  }
  return Math.round(length);
}

function isUnit(unit: string): unit is keyof typeof units {
  return Object.hasOwn(units, unit);
}

/** A time beside now, in the largest unit that fits: `5 min ago`, `in 3 h`, `now`. */
export function relativeTime(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Math.abs(ms) < 1000) return 'now';
  return ms > 0 ? `${lengthOf(ms)} ago` : `in ${lengthOf(-ms)}`;
}

/** How long it is from one time to another, or from that to the first: `5 min`. */
export function timeBetween(iso: string, now: number): string {
  return lengthOf(Math.abs(now - Date.parse(iso)));
}

/** A time as people write it: `5 Nov 2026, 10:04:31 UTC`. What is no time is returned unchanged. */
export function utcTime(iso: string): string {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})/.exec(iso) ?? [];
  return day === undefined ? iso : `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year}, ${time} UTC`;
}

function lengthOf(ms: number): string {
  const [unit, length] = UNITS.find(([, least]) => ms >= least) ?? ['s', 1000];
  return `${Math.floor(ms / length)} ${unit}`;
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

import type { ProviderResponse } from './exchange.ts';

// Beyond a year the header is nonsense, and dates would overflow.
const MAX_SECONDS = 366 * 24 * 3600;

/** The time of an answer's `Retry-After` header (seconds, or an HTTP date), ISO 8601, where it has a sound one. */
export function retryAtOf(response: ProviderResponse, now: number = Date.now()): string | undefined {
  const text = response.headers['retry-after']?.trim();
  if (text === undefined) return undefined;
  const time = /^\d{1,10}$/.test(text) ? now + Number(text) * 1000 : fromDate(text, response, now);
  if (time === undefined || time - now > MAX_SECONDS * 1000) return undefined;
  return new Date(Math.max(time, now)).toISOString();
}

/** A date is the provider's: its own `Date` header says how far off it is, whatever the clock of this machine says. */
function fromDate(text: string, { headers }: ProviderResponse, now: number): number | undefined {
  const time = httpDate(text);
  const sent = httpDate(headers['date']?.trim() ?? '');
  return time === undefined || sent === undefined ? time : now + (time - sent);
}

function httpDate(text: string): number | undefined {
  // Date.parse alone accepts far more than HTTP's date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

import { InvalidArgumentError } from 'commander';

/** Reads the number of a port. */
export function port(value: string): number {
  if (!/^\d{1,5}$/.test(value)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(value);
}

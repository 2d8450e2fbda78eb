import { InvalidArgumentError } from 'commander';

/** A positive whole number of an option. */
export function positive(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('It has to be a positive whole number.');
  return Number(value);
}

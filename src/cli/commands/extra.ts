import { InvalidArgumentError } from 'commander';

/** The values of a repeated option `--extra name=value`, by name. */
export function extra(value: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name = '', text = ''] = /^([A-Za-z]\w*)=(.+)$/s.exec(value) ?? [];
  if (name === '') throw new InvalidArgumentError('It has to be a name, = and a value: reserveLocation=true.');
  if (Object.hasOwn(earlier, name)) throw new InvalidArgumentError('The same name is given twice.');
  return { ...earlier, [name]: text };
}

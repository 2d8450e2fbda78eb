import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';
import { positive, text } from './values.ts';

/** Adds `cancelkit find`. */
export function addFind(program: Command, act: Act): void {
  program
    .command('find')
    .description('Search an account for a service by its hostname, domain, address or id. Changes nothing.')
    .argument('<account>', 'the name of an account (see: cancelkit accounts)')
    .argument('<text>', 'a part of the hostname, domain, label, address or id, in any case', text)
    .option('--limit <number>', 'how many services are shown at most, up to 1000 (default: 50)', positive)
    .addHelpText(
      'after',
      examples([
        ['cancelkit find shop web7', 'which services have web7 in their name?'],
        ['cancelkit find shop 203.0.113.7 --json', 'for a script'],
      ]),
    )
    .action((account: string, query: string, { limit }: { readonly limit?: number }) =>
      act('find', async (session) => (await import('../actions/find.ts')).find(account, query, limit, session)),
    );
}

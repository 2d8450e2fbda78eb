import type { Command } from 'commander';
import type { Act } from '../setup/session.ts';
import { examples } from '../terminal/examples.ts';

/** Adds `cancelkit mcp`. */
export function addMcp(program: Command, act: Act): void {
  program
    .command('mcp')
    .description(
      'Serve an AI assistant over stdin and stdout (Model Context Protocol): it can read, and propose cancellations that a person approves.',
    )
    .addHelpText('after', examples([['cancelkit mcp', 'what a client of the protocol starts (see docs/mcp.md)']]))
    .action(() =>
      act('mcp', async (session) => (await import('../mcp/action.ts')).mcp(session, program.version() ?? '')),
    );
}

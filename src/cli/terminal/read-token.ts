import { createInterface } from 'node:readline';
import { ProviderError } from '../../contract/provider-error.ts';
import type { Output } from './output.ts';
import { unlessIdle } from './process-end.ts';
import { wrongUse } from './wrong-use.ts';

/**
 * The token that a provider sent to a person: typed without being shown or, without a terminal, the first line of the
 * input that is not empty. Never an argument, which other users of the machine could read.
 *
 * @throws ProviderError `invalid_request` if the input has none, or would show what is typed; `aborted` if the
 * person leaves
 */
export async function readToken(output: Output): Promise<string> {
  if (process.stdin.isTTY && !output.isInteractive) {
    throw wrongUse('the token cannot be asked for while stderr is redirected. Nothing was sent. Pipe the token in.');
  }
  const token = (output.isInteractive ? await typed() : await firstLine()).trim();
  if (token === '') throw wrongUse('no token was given. Nothing was sent.');
  return token;
}

async function typed(): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts');
  // A Ctrl-D closes the input, and nothing would be left to wait for.
  const closed = new AbortController();
  const answer = password({
    message: 'The token that the provider sent:',
    signal: closed.signal,
    output: process.stderr,
  });
  const text = await unlessIdle(answer, () => {
    closed.abort();
    return undefined;
  });
  if (text === undefined || isCancel(text)) {
    throw new ProviderError('aborted', { message: 'no token was given. Nothing was sent.' });
  }
  return text;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    lines.close();
    return line;
  }
  return '';
}

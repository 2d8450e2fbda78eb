import { styleText } from 'node:util';
import { type CancelResult, type ProviderError, whenText } from 'cancelkit';
import type { RecordedRequest } from 'cancelkit/sandbox';

/** Writes the demo's lines to the terminal, coloured where it is one. */
export interface Printer {
  readonly heading: (text: string) => void;
  readonly title: (text: string) => void;
  readonly line: (label: string, text: string) => void;
  /** The request as the server received it, with the secrets masked. */
  readonly request: (request: RecordedRequest | undefined) => void;
  readonly result: (result: CancelResult) => void;
  readonly error: (error: ProviderError) => void;
  readonly last: (text: string) => void;
}

type Style = Parameters<typeof styleText>[0];

/** @param secrets the values that are masked in what the server recorded. */
export function createPrinter(secrets: readonly string[]): Printer {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice('secret='.length),
  ]);
  const mask = (text: string): string => forms.reduce((masked, form) => masked.replaceAll(form, '[REDACTED]'), text);
  const line = (label: string, text: string, style: Style = 'reset'): void =>
    write(`    ${styleText('dim', label.padEnd(10))} ${styleText(style, text)}`);

  return {
    heading: (text) => write(`\n${styleText(['bold', 'underline'], text)}`),
    title: (text) => write(`\n  ${styleText('bold', text)}`),
    line,
    request(request) {
      if (request === undefined) return line('request', 'none: nothing was sent');
      line('request', `${request.method} ${request.path}`, 'cyan');
      for (const name of ['authorization', 'token', 'content-type', 'client-request-id']) {
        const value = request.headers[name];
        if (value !== undefined) line('', `${name}: ${mask(value)}`);
      }
      if (request.body !== '') line('', mask(request.body));
    },
    result(result) {
      const date = result.effectiveAt === undefined ? '' : `, effective ${result.effectiveAt.value}`;
      line('outcome', `${result.outcome}${date}${result.reconciled ? ' (read back)' : ''}`, 'green');
      if (result.providerReference !== undefined) line('reference', result.providerReference);
      for (const warning of result.warnings) line('warning', `${warning.code}: ${warning.message}`, 'yellow');
    },
    error(error) {
      const what = [error.code, error.reason].filter((part) => part !== undefined).join(', ');
      line(
        'answer',
        error.providerStatus === undefined ? 'none' : `HTTP ${error.providerStatus} ${error.providerMessage ?? ''}`,
      );
      line('error', what, 'red');
      line('operator', error.message);
      line('customer', error.publicMessage);
      if (error.existing?.when !== undefined)
        line('existing', `${error.existing.state}, ${whenText(error.existing.when)}`);
    },
    last: (text) => write(`\n${text}`),
  };
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

import type { PreviewedRequest } from '../../contract/result.ts';
import type { Output } from './output.ts';
import { visible } from './visible.ts';

/** Writes a request as it would go over the wire. */
export function writeRequest({ method, url, headers, body }: PreviewedRequest, output: Output): void {
  const { bold, dim } = output.colours;
  output.line(`${bold(method)} ${visible(url)}`);
  for (const [name, value] of Object.entries(headers)) output.line(`${dim(`${name}:`)} ${visible(value)}`);
  if (body === undefined) return;
  output.line();
  output.line(visible(body));
}

import { inspect } from 'node:util';

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A secret in the encodings in which an answer may echo it. */
export function encodingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
      secret.replace(/[&<>"']/g, (char) => NAMED[char] ?? char),
      [...secret].map((char) => `&#${char.codePointAt(0)};`).join(''),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
    ]),
  ];
}

/** Whether a text holds a secret, in any encoding. */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => formsOf(secret).some((form) => text.includes(form)));
}

// Texts are searched by the thousand, and always for the same few secrets.
const forms = new Map<string, readonly string[]>();

function formsOf(secret: string): readonly string[] {
  const known = forms.get(secret) ?? [...encodingsOf(secret), ...base64Cores(secret)];
  forms.set(secret, known);
  return known;
}

/** Everything that can be seen of a value: by printing, serialising, cloning and inspecting it. */
export function everythingOf(value: unknown): string {
  const views: unknown[] = [value, structuredClone(value)];
  if (value instanceof Error) views.push(value.message, value.stack, String(value), structuredClone({ ...value }));
  return views.map((view) => `${JSON.stringify(view)}\n${typeof view === 'string' ? view : show(view)}`).join('\n');
}

function show(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null });
}

/** What a secret looks like inside of a longer text that was encoded as a whole, such as `user:secret`. */
function base64Cores(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const core = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

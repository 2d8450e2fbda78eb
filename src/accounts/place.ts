import type { Redactor } from '../privacy/redactor.ts';

/**
 * Where an account's requests go: its provider, its base URL and the provider's further origins by name, without
 * secrets. The same after a change of credentials, and another one after a change of any address.
 */
export function placeOf(
  provider: string,
  { baseUrl, wire }: { readonly baseUrl: URL; readonly wire?: WithOrigins | undefined },
  redactor: Redactor,
): string {
  const further = [...(wire?.origins ?? [])]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, url]) => ` ${name}=${url.href}`);
  return `${provider} ${redactor.text(`${baseUrl.href}${further.join('')}`)}`;
}

interface WithOrigins {
  readonly origins: ReadonlyMap<string, URL>;
}

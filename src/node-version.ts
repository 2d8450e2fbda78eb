/** The lowest major version of Node.js that the package checks run on. */
const LOWEST = 20;

/** What is wrong with the running version of Node.js; `undefined` if nothing is, or if this is another runtime. */
export function unsupportedNode(version: string | undefined = globalThis.process?.versions?.node): string | undefined {
  if (version === undefined || Number.parseInt(version, 10) >= LOWEST) return undefined;
  return `cancelkit needs Node.js ${LOWEST} or later; this is v${version}. Nothing was sent.`;
}

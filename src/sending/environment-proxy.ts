/**
 * Returns the proxy that the environment names for a URL, by the rules of Node.js and undici: `HTTPS_PROXY` for https,
 * `HTTP_PROXY` for http and where the other is not set, `NO_PROXY` for what goes without. Names in lower case win.
 *
 * Beyond their rules, an IPv6 address in `NO_PROXY` may be written in any form, with and without brackets (`::1`,
 * `[::1]:8443`): without them, Node.js takes its last group for a port.
 *
 * Sources: https://nodejs.org/api/cli.html#node_use_env_proxy1 and undici's EnvHttpProxyAgent.
 */
export function environmentProxyFor(
  url: URL,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name.toUpperCase()] || undefined;
  const proxy = (url.protocol === 'https:' ? named('https_proxy') : undefined) ?? named('http_proxy');
  return proxy === undefined || goesWithout(url, named('no_proxy') ?? '') ? undefined : proxy;
}

/**
 * Whether `NODE_USE_ENV_PROXY=1` is set for a Node.js that does not know it, and so installs no dispatcher for it.
 *
 * Source: https://nodejs.org/api/cli.html#node_use_env_proxy1, "Added in: v24.0.0, v22.21.0".
 */
export function isProxyLeftToUs(
  version: string = process.versions.node,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (version !== judged.version) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    judged = { version, knowsIt: major >= 24 || (major === 22 && minor >= 21) };
  }
  return !judged.knowsIt && environment['NODE_USE_ENV_PROXY'] === '1';
}

// Asked at each request. The environment is read anew, because programs set variables as they start.
let judged = { version: '', knowsIt: false };

function goesWithout(url: URL, noProxy: string): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, inBrackets, addressPort] = /^\[([\da-f:.]+)\](?::(\d+))?$/.exec(entry) ?? [];
      const address = inBrackets ?? /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/.exec(entry)?.[0];
      if (address !== undefined) return host === ipv6(address) && (addressPort === undefined || addressPort === port);
      const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== port) return false;
      const suffix = name.replace(/^\*?\./, '');
      return host === suffix || host.endsWith(`.${suffix}`);
    });
}

/** The address as the host of a URL, in its one canonical form. */
function ipv6(address: string): string | undefined {
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

import { ProviderError } from '../../contract/provider-error.ts';

/**
 * Loads a library that only the queue needs, and that its user installs.
 *
 * @throws ProviderError `not_configured`, with the command that installs what is missing
 */
export async function loadPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const what = isMissing ? 'is not installed' : 'could not be loaded';
    const message = `cancelkit/queue needs ${name}, which ${what}. Run: npm install ${name === 'pg-boss' ? name : `pg-boss ${name}`}`;
    throw new ProviderError('not_configured', { operation: 'queue', message });
  }
}

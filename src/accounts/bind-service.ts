import { type Checked, checkAgainst } from '../call/check-schema.ts';
import type { ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { AdapterOperations, CheckedService } from './account-driver.ts';
import type { CheckedConfiguration } from './configuration-cache.ts';
import { adapterOperations } from './configured-service.ts';
import { serviceKeyOf } from './service-key.ts';

/**
 * Checks a service reference, and names it.
 *
 * @param read reads and checks the account's configuration.
 * @param references as in {@link adapterOperations}.
 */
export async function bindService<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  input: unknown,
  read: () => Promise<Checked<CheckedConfiguration<Types['config']>>>,
  references: WeakMap<AdapterOperations, Types['service']>,
): Promise<Checked<CheckedService>> {
  const service = await checkAgainst(definition.service, input);
  if (!service.ok) return service;
  const key = serviceKeyOf(definition, service.value);
  if (key === undefined) return { ok: false, issues: [{ path: '', expected: UNNAMED }] };
  const configure = async (): Promise<Checked<AdapterOperations>> => {
    const checked = await read();
    if (!checked.ok) return checked;
    return { ok: true, value: adapterOperations(definition, checked.value, { key, value: service.value }, references) };
  };
  return { ok: true, value: { key, configure } };
}

const UNNAMED =
  'a service that the adapter can tell from others: texts and numbers as fields, or a serviceKey that returns a text';

/**
 * What names a service among those of its account; `undefined` where the adapter fails. What it throws may hold
 * anything.
 */
export function serviceKeyOf<Service>(
  definition: { readonly serviceKey?: (service: Service) => string },
  service: Service,
): string | undefined {
  try {
    return (definition.serviceKey?.(service) ?? keyOf(service)).slice(0, 256);
  } catch {
    return undefined;
  }
}

/** The fields of a reference by name, so that their order says nothing. */
function keyOf(service: unknown): string {
  if (typeof service !== 'object' || service === null) return String(service);
  const fields = Object.entries(service).map(([name, value]) => `${name}=${String(value)}`);
  return fields.toSorted().join(' ');
}

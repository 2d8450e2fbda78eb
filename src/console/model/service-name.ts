import type { StoredRequest } from '../../queue/index.ts';

type Service = Pick<StoredRequest, 'service'>;

/** The service of a request as people name it: `kvm_ab12_cd34`, `server 7301`, `vps-1a2b.example.net · vps`. */
export function serviceName({ service }: Service): string {
  const id = identifying(service);
  const fields = Object.entries(service);
  const ordered = [...fields.filter(([key]) => key === id), ...fields.filter(([key]) => key !== id)];
  if (ordered.length === 0) return 'a service';
  return ordered
    .map(([key, value]) => (/^\d+$/.test(String(value)) ? `${wordOf(key)} ${String(value)}` : String(value)))
    .join(' · ');
}

/** What an operator types to have a request sent again: the value that says most about which service it is. */
export function typedId({ service }: Service): string {
  const value = service[identifying(service) ?? ''];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'service';
}

/** The field that the service is known by. The database does not keep the order of fields: a number in it says most. */
function identifying(service: Service['service']): string | undefined {
  const rank = ([, value]: readonly [string, unknown]): number =>
    String(value).length + (/\d/.test(String(value)) ? 1_000 : 0);
  return Object.entries(service).toSorted((one, other) => rank(other) - rank(one))[0]?.[0];
}

/** `serverId` → `server`, `floatingIpId` → `floating ip`. */
function wordOf(key: string): string {
  return key
    .replace(/Id$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

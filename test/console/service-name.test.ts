import { describe, expect, it } from 'vitest';
import { serviceName, typedId } from '../../src/console/model/service-name.ts';

describe('a service', () => {
  it.each([
    [{ kvmId: 'kvm_ab12_cd34' }, 'kvm_ab12_cd34', 'kvm_ab12_cd34'],
    [{ serverId: 7301 }, 'server 7301', '7301'],
    [{ floatingIpId: '608' }, 'floating ip 608', '608'],
    [{ domain: 'example.com', hostingId: '1_aed1f0' }, '1_aed1f0 · example.com', '1_aed1f0'],
    // As the database returns it: shorter names first.
    [{ product: 'vps', serviceName: 'vps-1a2b.example.net' }, 'vps-1a2b.example.net · vps', 'vps-1a2b.example.net'],
    [{ kind: 'dedicated', id: '123' }, 'id 123 · dedicated', '123'],
    [{ domain: 'example.com' }, 'example.com', 'example.com'],
    [{}, 'a service', 'service'],
  ])('%j is named “%s”, and its id is typed as “%s”', (service, name, typed) => {
    expect([serviceName({ service }), typedId({ service })]).toEqual([name, typed]);
  });
});

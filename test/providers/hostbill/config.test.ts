import { createCancelService } from 'cancelkit';
import { hostbill } from 'cancelkit/hostbill';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { token } from './fixtures.ts';

const previewAt = (baseUrl: string): Promise<unknown> =>
  createCancelService({ shop: hostbill({ baseUrl, token }) }).preview({
    account: 'shop',
    service: { serviceId: 7 },
    when: 'immediate',
  });

const W = 'https://billing.example.com';

describe('the address of a HostBill portal', () => {
  it.each<[readonly string[], string]>([
    [[W, `${W}/`, `${W}/api`, `${W}/api/`, `${W}//api//`, `${W}/API`, `${W}/x/../api/.`], `${W}/api`],
    [[`${W}/shop`, `${W}/shop/api`], `${W}/shop/api`],
    [['https://api.example.com', 'https://api.example.com/'], 'https://api.example.com'],
    [['https://api.example.com/api'], 'https://api.example.com/api'],
    [['https://api-test.example.com'], 'https://api-test.example.com/api'],
  ])('%j leads to %s', async (addresses, api) => {
    for (const address of addresses) {
      expect([address, await previewAt(address)]).toMatchObject([address, { url: `${api}/service/7/cancel` }]);
    }
  });

  it.each([`${W}/index.php`, `${W}/clientarea`, `${W}/userapi/`, `${W}/api/service`, `${W}/api/login`, `${W}/api/api`])(
    '%s is refused, with what is expected',
    async (address) => {
      const { code, message } = await failureOf(previewAt(address));
      expect([code, message]).toEqual(['not_configured', expect.stringContaining('the portal or of its /api')]);
    },
  );
});

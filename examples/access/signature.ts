import { createHmac } from 'node:crypto';
import type { Access } from 'cancelkit/provider';

interface Config {
  readonly clientId: string;
  readonly clientSecret: string;
}

export const signature: Access<Config> = {
  headers({ method, url, body }, { clientId, clientSecret }, { now, nonce }) {
    const time = String(Math.floor(now / 1000));
    const text = [method, url, body, time, nonce].join('\n');
    return {
      'x-client': clientId,
      'x-time': time,
      'x-nonce': nonce,
      'x-signature': createHmac('sha256', clientSecret).update(text).digest('hex'),
    };
  },
};

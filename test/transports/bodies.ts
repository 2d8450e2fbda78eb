import { createSecureServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { createCancelService } from '../../src/index.ts';
import type { Certificate } from '../campaign/certificate.ts';
import { readable } from '../campaign/test-provider.ts';
import { listen } from '../support/listen.ts';
import type { Stack } from './matrix.ts';

/** A cancellation as the provider received it, and its outcome. */
export interface Delivery {
  readonly outcome: string;
  /** Method, `transfer-encoding` and body of each cancellation. */
  readonly received: readonly (readonly [method: string, encoding: string | undefined, body: string])[];
}

/** What {@link deliver} has to return. */
export const WHOLE: Delivery = {
  outcome: 'requested',
  received: [['DELETE', undefined, '{"when":"end_of_period","reason":"Zürich"}']],
};

/** Cancels once, with a DELETE that has a body, at a provider without faults that speaks both versions of HTTP. */
export async function deliver({ install }: Stack, certificate: Certificate): Promise<Delivery> {
  const received: [string, string | undefined, string][] = [];
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    void text(request).then((body) => {
      if (request.method !== 'GET') received.push([request.method, request.headers['transfer-encoding'], body]);
      response.end('{"result":"accepted"}');
    });
  });
  server.on('sessionError', () => undefined);
  const baseUrl = `https://127.0.0.1:${await listen(server)}`;
  const remove = await install(certificate);
  try {
    const services = createCancelService({ readable: readable.account({ baseUrl }) });
    const settled = await services.safeCancel({
      account: 'readable',
      service: { id: 'a' },
      when: 'end_of_period',
      reason: 'Zürich',
    });
    return { outcome: settled.ok ? settled.result.outcome : settled.error.code, received };
  } finally {
    await remove();
    server.close();
  }
}

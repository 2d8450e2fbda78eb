import { EventEmitter } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';
import { vi } from 'vitest';

/** The part of the vendor's npm client that the tests call. */
export interface VendorClient {
  /** Rejects with `{ error, message }`: the status and the API's message. */
  requestPromised(method: string, path: string, params?: object): Promise<unknown>;
  signRequest(method: string, url: string, body: string, timestamp: string): string;
}

/** The keys of the client, and whom it calls. */
export interface VendorOptions {
  readonly appKey: string;
  readonly appSecret: string;
  readonly consumerKey: string;
  readonly host?: string;
}

/** The vendor's client, which has no types. */
// oxlint-disable-next-line no-unsafe-type-assertion -- the package has no types
export const vendorClient = createRequire(import.meta.url)('ovh') as (options: VendorOptions) => VendorClient;

interface Asked {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/**
 * Hands what the client sends over https to a function, at the very address that it has signed: it knows no plain http,
 * and signs no port.
 */
export function answerVendorClient(answer: (request: Request) => Response | Promise<Response>): void {
  const request = (asked: Asked, respond: (response: EventEmitter) => void): object => {
    const parts: string[] = [];
    const run = async (): Promise<void> => {
      const { method, headers } = asked;
      const body = parts.length === 0 ? {} : { body: parts.join('') };
      const init = { method, headers: Object.entries(headers).map(([name, value]) => [name, String(value)]), ...body };
      // oxlint-disable-next-line no-unsafe-type-assertion -- pairs of texts
      const response = await answer(new Request(`https://${asked.host}${asked.path}`, init as RequestInit));
      const incoming = Object.assign(new EventEmitter(), { statusCode: response.status });
      respond(incoming);
      incoming.emit('data', await response.text());
      incoming.emit('end');
    };
    const sent = { write: (part: string) => void parts.push(part), end: () => void run(), on: () => sent };
    return sent;
  };
  // oxlint-disable-next-line no-unsafe-type-assertion -- as much of it as the client uses
  vi.spyOn(https, 'request').mockImplementation(request as unknown as typeof https.request);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { ConsoleHandler } from './console.ts';

/** Answers a request of Node.js (`IncomingMessage`, `ServerResponse`), as a server or Express has it. */
export type NodeHandler<From extends object = object> = (incoming: From, outgoing: object) => Promise<void>;

/**
 * The console for servers that are made of Node.js's own requests: `node:http`, Express, Fastify, NestJS. `authorize`
 * is given that request, with what other middleware has put there. A form that a body parser has read already is taken
 * from there, and the path from where Express keeps the whole of it.
 */
export function toNodeHandler<From extends object>(handler: ConsoleHandler<From>): NodeHandler<From> {
  return async (incoming, outgoing) => {
    const listener = getRequestListener(async (request) => await handler(asSent(request, incoming), incoming), {
      // The default would replace the process's own Request and Response.
      overrideGlobalObjects: false,
    });
    if (!isRequest(incoming) || !isResponse(outgoing))
      throw new TypeError('expected a request and a response of Node.js');
    await listener(incoming, outgoing);
  };
}

/** The request as the browser sent it, whatever a framework has taken off. */
function asSent(request: Request, incoming: object): Request {
  const url = new URL(request.url);
  const original = fieldOf(incoming, 'originalUrl');
  // Never with the host of what was asked for: `//elsewhere/` is a path here.
  if (typeof original === 'string' && original.startsWith('/')) {
    const [path = '', ...query] = original.split('?');
    url.pathname = path;
    url.search = query.join('?');
  }
  // Behind a proxy that Express trusts.
  if (fieldOf(incoming, 'protocol') === 'https') url.protocol = 'https:';
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers });
  // Some parsers leave an empty object behind for what they have not read.
  const parsed = fieldOf(incoming, 'readableDidRead') === false ? undefined : fieldOf(incoming, 'body');
  const body = typeof parsed === 'object' && parsed !== null ? asForm(parsed).toString() : request.body;
  const init = { method, headers, body, duplex: 'half' } as const;
  return new Request(url, init);
}

/** The fields of a parsed form. Those that are repeated are a list, or an object if there are many. */
function asForm(parsed: object): URLSearchParams {
  const values = (value: unknown): readonly string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(values) : [String(value)];
  return new URLSearchParams(
    Object.entries(parsed).flatMap(([name, value]) => values(value).map((one): [string, string] => [name, one])),
  );
}

function fieldOf(incoming: object, name: string): unknown {
  return name in incoming ? Reflect.get(incoming, name) : undefined;
}

// Frameworks wrap these objects, and tests make their own, so they are recognized by their fields. They are not in the
// public types, because a program without the types of Node.js has to compile, too.
function isRequest(value: object): value is IncomingMessage {
  return 'method' in value && 'url' in value && 'headers' in value;
}

function isResponse(value: object): value is ServerResponse {
  return 'writeHead' in value && 'end' in value;
}

import { createServer, type RequestListener, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { ProviderError, type CancelResult } from 'cancelkit';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp as createExpress, publicErrors } from '../../examples/frameworks/express.ts';
import { createApp as createFastify } from '../../examples/frameworks/fastify.ts';
import { createApp as createHono } from '../../examples/frameworks/hono.ts';
import { createApp as createNest } from '../../examples/frameworks/nest.ts';
import { createHandler as createNext } from '../../examples/frameworks/next.ts';
import { listen, portOf } from '../support/listen.ts';
import { accepted, thrown } from './upstream.ts';

// NestJS tells its modules apart by random numbers, which the tests' set-up makes equal.
vi.hoisted(() => vi.mocked(Math.random).mockRestore());

type Cancel = () => Promise<CancelResult>;

interface Running {
  readonly port: number;
  readonly close: () => Promise<unknown>;
}

async function running(server: Server): Promise<Running> {
  return { port: await listen(server), close: () => new Promise((resolve) => server.close(resolve)) };
}

const serve = (listener: RequestListener): Promise<Running> => running(createServer(listener));

/** The recipes. */
const recipes: Readonly<Record<string, (cancel: Cancel) => Promise<Running>>> = {
  Fastify: async (cancel) => {
    const app = createFastify(cancel);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: Number(new URL(url).port), close: () => app.close() };
  },
  Express: (cancel) => serve(createExpress(cancel)),
  Hono: async (cancel) => {
    const app = createHono(cancel);
    return running(createServer(nodeListener(app)));
  },
  // Next.js calls a handler with the web's Request, and sends its Response; Hono's server does the same.
  'Next.js': (cancel) => {
    const server = createAdaptorServer({ fetch: createNext(cancel) });
    return running(createServer((request, response) => void server.emit('request', request, response)));
  },
  NestJS: async (cancel) => {
    const app = await createNest(cancel);
    await app.listen(0, '127.0.0.1');
    return { port: portOf(app.getHttpServer()), close: () => app.close() };
  },
};

/** The same routes, with nothing but the framework's own error handling. */
const bare: Readonly<Record<string, (cancel: Cancel) => Promise<Running>>> = {
  Fastify: async (cancel) => {
    const app = fastify();
    app.post('/cancel', cancel);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: Number(new URL(url).port), close: () => app.close() };
  },
  Express: (cancel) => {
    const app = express();
    app.post('/cancel', async (_request, response) => void response.json(await cancel()));
    return serve(app);
  },
  Hono: (cancel) => {
    const app = new Hono();
    app.post('/cancel', async () => Response.json(await cancel()));
    return running(createServer(nodeListener(app)));
  },
};

function nodeListener(app: Hono): RequestListener {
  const server = createAdaptorServer({ fetch: app.fetch });
  return (request, response) => void server.emit('request', request, response);
}

async function post({ port }: Running): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/cancel`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}

function failingStream(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(thrown) });
}

describe('an error that escapes from a route', () => {
  let logged: unknown[];
  beforeEach(() => {
    logged = [];
    vi.spyOn(console, 'error').mockImplementation((...values) => void logged.push(...values));
  });
  afterEach(() => void vi.restoreAllMocks());

  it.each(Object.keys(recipes))('tells the customer of %s what to do, and nothing of the upstream', async (name) => {
    const running = await recipes[name]!(() => Promise.reject(thrown));
    try {
      const { status, text } = await post(running);
      expect(status).toBe(502);
      expect(JSON.parse(text)).toEqual(thrown.toPublic());
      expect(text).not.toMatch(/upstream/);
      expect(logged).toContain(thrown);
    } finally {
      await running.close();
    }
  });

  it.each(['onRequest', 'preHandler', 'preSerialization', 'onSend'] as const)(
    'tells the customer of Fastify nothing of the upstream if each run of the hook %s fails with it',
    async (hook) => {
      const app = createFastify(() => Promise.reject(thrown));
      const fails = (): Promise<never> => Promise.reject(thrown);
      app.route({
        method: 'GET',
        url: '/hook',
        handler: (_request, reply) => reply.header('x-own', 'kept').send({ fine: true }),
        [hook]: fails,
      });
      const response = await app.inject({ url: '/hook' });
      await app.close();
      expect(response.statusCode).toBe(502);
      expect(response.json()).toEqual(thrown.toPublic());
      if (hook === 'onSend') expect(response.headers).toMatchObject({ 'x-own': 'kept' });
    },
  );

  it.each(Object.keys(recipes))(
    'tells the customer of %s nothing of the upstream if http-errors has marked it',
    async (name) => {
      // As createError(409, error) does.
      const marked = Object.assign(new ProviderError('unauthorized', thrown), {
        status: 409,
        statusCode: 409,
        expose: true,
      });
      const running = await recipes[name]!(() => Promise.reject(marked));
      try {
        const { status, text } = await post(running);
        expect([status, JSON.parse(text)]).toEqual([502, thrown.toPublic()]);
      } finally {
        await running.close();
      }
    },
  );

  it('tells the customer nothing of the upstream if it is thrown in middleware or in a stream', async () => {
    const hono = createHono(() => Promise.reject(thrown));
    hono.use('/middleware', () => Promise.reject(thrown));
    hono.get('/stream', () => new Response(failingStream()));
    const nest = await createNest(() => Promise.reject(thrown));
    nest.use('/middleware', () => Promise.reject(thrown));
    await nest.listen(0, '127.0.0.1');
    const parent = express();
    parent.use('/middleware', (_request, _response, next) => next(thrown));
    parent.get('/stream', (_request, response) => {
      response.write('started');
      throw thrown;
    });
    parent.use(publicErrors);
    const all = [
      await running(createServer(nodeListener(hono))),
      await serve(parent),
      { port: portOf(nest.getHttpServer()), close: () => nest.close() },
    ];
    for (const { port, close } of all) {
      const answered = await fetch(`http://127.0.0.1:${port}/middleware`);
      expect([answered.status, await answered.json()]).toEqual([502, thrown.toPublic()]);
      const streamed = await fetch(`http://127.0.0.1:${port}/stream`)
        .then(async (response) => await response.text())
        .catch(String);
      expect(streamed).not.toContain('upstream');
      await close();
    }
  });

  it.each(Object.keys(recipes))('and is not ours stays the framework’s with %s', async (name) => {
    const running = await recipes[name]!(() => Promise.reject(new Error('other')));
    try {
      expect((await post(running)).status).toBe(500);
    } finally {
      await running.close();
    }
  });

  const repeated: readonly (readonly [string, () => unknown])[] = [
    ['a copy of an error of ours, as from a worker thread', () => structuredClone(thrown)],
    ['an error that wraps one of ours', () => new Error(`no: ${thrown.message}`, { cause: thrown })],
    ['an error about several of ours', () => new AggregateError([thrown], thrown.message)],
    ['an HTTP client’s error', () => Object.assign(new Error(thrown.message), { status: 401, statusCode: 401 })],
    ['an object that is no error', () => ({ message: thrown.message })],
    ['a text', () => thrown.message],
  ];

  it.each(Object.keys(recipes).flatMap((name) => repeated.map((one) => [name, ...one] as const)))(
    'tells the customer of %s nothing of the upstream if it is %s',
    async (name, _, make) => {
      const running = await recipes[name]!(() => Promise.reject(make()));
      try {
        const { status, text } = await post(running);
        expect(status).toBe(500);
        expect(text).not.toMatch(/upstream/);
      } finally {
        await running.close();
      }
    },
  );

  it('leaves Fastify’s own response to a body that is not JSON', async () => {
    const running = await recipes['Fastify']!(() => Promise.reject(thrown));
    try {
      const response = await fetch(`http://127.0.0.1:${running.port}/cancel`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      });
      expect(response.status).toBe(400);
    } finally {
      await running.close();
    }
  });

  it.each(Object.keys(bare))('is a 500 of the default handling of %s, not the provider’s status', async (name) => {
    const running = await bare[name]!(() => Promise.reject(thrown));
    try {
      expect((await post(running)).status).toBe(500);
    } finally {
      await running.close();
    }
  });

  // The documentation says so; a framework that stops doing it makes this test fail, and the documentation wrong.
  it.each([
    ['Fastify', true],
    ['Express', true],
    ['Hono', false],
  ])('shows its message by the default handling of %s: %s', async (name, leaks) => {
    const running = await bare[name]!(() => Promise.reject(thrown));
    try {
      expect((await post(running)).text.includes('upstream')).toBe(leaks);
    } finally {
      await running.close();
    }
  });
});

describe('a result of a route', () => {
  it.each(Object.keys(recipes))('names no upstream with %s', async (name) => {
    const running = await recipes[name]!(() => Promise.resolve(accepted));
    try {
      const { status, text } = await post(running);
      expect(status).toBe(202);
      expect(JSON.parse(text)).toEqual({
        outcome: 'requested',
        when: 'immediate',
        warnings: [],
        operationId: 'operation-1',
      });
    } finally {
      await running.close();
    }
  });
});

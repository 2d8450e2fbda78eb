import 'reflect-metadata';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createAdaptorServer, getRequestListener } from '@hono/node-server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { toNodeHandler, type Operator } from 'cancelkit/console';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mountConsole as mountExpress } from '../../examples/console/express.ts';
import { mountConsole as mountFastify } from '../../examples/console/fastify.ts';
import { mountConsole as mountHono } from '../../examples/console/hono.ts';
import { mountConsole as mountNest } from '../../examples/console/nest.ts';
import { consoleRoute } from '../../examples/console/next.ts';
import { fieldIn, KIM, openConsoleSet, textOf, type ConsoleSet } from '../console/support/open-console.ts';
import { listen, portOf } from '../support/listen.ts';

// NestJS tells its modules apart by random numbers, which the tests' set-up makes equal.
vi.hoisted(() => vi.mocked(Math.random).mockRestore());

interface Running {
  readonly origin: string;
  readonly close: () => Promise<unknown>;
}

async function running(server: Server): Promise<Running> {
  const origin = `http://127.0.0.1:${await listen(server)}`;
  return { origin, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Lets in who has the header of the tests. */
const byHeader = (value: unknown): Operator | undefined => (value === 'kim' ? KIM : undefined);

let set: ConsoleSet;
beforeAll(async () => {
  set = await openConsoleSet();
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

const mounts: Readonly<Record<string, () => Promise<Running>>> = {
  Express: () => {
    const app = express();
    mountExpress(app, set.queue, ({ headers }) => byHeader(headers['x-user']));
    return running(createServer(app));
  },
  'Express, behind a body parser': () => {
    const app = express();
    app.use(express.urlencoded({ extended: true }), express.json());
    mountExpress(app, set.queue, ({ headers }) => byHeader(headers['x-user']));
    return running(createServer(app));
  },
  'Express, behind a middleware that sets an empty body': () => {
    const app = express();
    app.use((request, _response, next) => {
      request.body = {};
      next();
    });
    mountExpress(app, set.queue, ({ headers }) => byHeader(headers['x-user']));
    return running(createServer(app));
  },
  Fastify: async () => {
    const app = fastify();
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    await mountFastify(app, set.queue, ({ headers }) => byHeader(headers['x-user']));
    return { origin: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
  },
  Hono: () => {
    const app = new Hono();
    mountHono(app, set.queue, (context) => byHeader(context.req.header('x-user')));
    const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
    if (!('closeAllConnections' in server)) throw new Error('not a server of HTTP/1.1');
    return running(server);
  },
  NestJS: async () => {
    // oxlint-disable-next-line no-extraneous-class -- a module of NestJS is a class
    class Application {}
    Module({})(Application);
    const app = await NestFactory.create(Application, { logger: false });
    mountNest(app, set.queue, ({ headers }) => byHeader(headers['x-user']));
    await app.listen(0, '127.0.0.1');
    return { origin: `http://127.0.0.1:${portOf(app.getHttpServer())}`, close: () => app.close() };
  },
  // Next.js is not installed here: a server calls the handlers of the route as Next.js does, with standard requests.
  'a route of Next.js': () => {
    const route = consoleRoute(set.queue, ({ headers }) => byHeader(headers.get('x-user')));
    const answer = (request: Request): Promise<Response> =>
      request.method === 'POST' ? route.POST(request) : route.GET(request);
    const listener: RequestListener = (incoming, outgoing) =>
      void getRequestListener(answer, { overrideGlobalObjects: false })(incoming, outgoing);
    return running(createServer(listener));
  },
};

describe.each(Object.keys(mounts))('the console in %s', (name) => {
  it('shows its pages, takes a decision and lets in who is signed in', async () => {
    const id = `mounted/../ ${name}`;
    await set.addUnknown(id);
    const { origin, close } = await mounts[name]!();
    try {
      const headers = { 'x-user': 'kim' };
      const base = `${origin}/ops/queue`;
      expect((await fetch(base)).status).toBe(401);
      for (const path of ['', '/', '/accounts', '/console.css', '/console.js'])
        expect([path, (await fetch(`${base}${path}`, { headers })).status]).toEqual([path, 200]);
      const page = await fetch(`${base}/cancellation?id=${encodeURIComponent(id)}`, { headers });
      const html = await page.text();
      expect(textOf(html)).toContain('What did you find?');
      const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
      const fields = {
        id,
        seen: fieldIn(html, 'seen') ?? '',
        form_token: fieldIn(html, 'form_token') ?? '',
        as: 'refused',
        note: 'ü & <b>',
      };
      const post = (more: Readonly<Record<string, string>>): Promise<Response> =>
        fetch(`${base}/decide`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams(fields),
          headers: { ...headers, cookie, ...more },
        });
      expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
      const decided = await post({ origin });
      expect(decided.status).toBe(303);
      expect(decided.headers.get('location')).toBe(
        `/ops/queue/cancellation?${new URLSearchParams({ id, done: 'recorded' })}`,
      );
      expect((await set.queue.get(id))?.history.at(-1)?.data).toMatchObject({
        by: 'Kim',
        note: 'ü & <b>',
        as: 'refused',
      });
    } finally {
      await close();
    }
  }, 60_000);

  it('takes a decision for many', async () => {
    const items: string[] = [];
    for (let index = 0; index < 25; index += 1) {
      await set.addPlanned(`${name} ${index}`);
      items.push(`${(await set.queue.get(`${name} ${index}`))?.updatedAt} ${name} ${index}`);
    }
    const { origin, close } = await mounts[name]!();
    try {
      const page = await fetch(`${origin}/ops/queue?show=planned`, { headers: { 'x-user': 'kim' } });
      const body = new URLSearchParams([
        ['form_token', fieldIn(await page.text(), 'form_token') ?? ''],
        ['as', 'withdraw'],
        ...items.map((item) => ['item', item]),
      ]);
      const headers = { 'x-user': 'kim', origin, cookie: page.headers.get('set-cookie')?.split(';')[0] ?? '' };
      const answered = await fetch(`${origin}/ops/queue/decide-selected`, { method: 'POST', body, headers });
      expect(textOf(await answered.text())).toContain('25 recorded, 0 not');
    } finally {
      await close();
    }
  }, 60_000);
});

it('a route of Next.js below its `basePath`, and with a slash at the end of each path, is the console, too', async () => {
  const id = 'below-base-path';
  await set.addUnknown(id);
  const { GET, POST } = consoleRoute(set.queue, () => KIM, '/admin');
  // Next.js takes its base path off, and puts its own address there whatever the browser asked for.
  const shown = await GET(new Request(`http://localhost:3000/ops/queue/cancellation/?id=${id}`));
  const page = await shown.text();
  expect([shown.status, /action="\/admin\/ops\/queue\/decide"/.test(page)]).toEqual([200, true]);
  const body = new URLSearchParams({ id, as: 'refused', seen: fieldIn(page, 'seen') ?? '' });
  body.set('form_token', fieldIn(page, 'form_token') ?? '');
  const cookie = shown.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, host: 'ops.example.com', origin: 'http://ops.example.com' };
  const decided = await POST(new Request('http://localhost:3000/ops/queue/decide/', { method: 'POST', body, headers }));
  expect([decided.status, decided.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^\/admin\/ops\/queue\/cancellation\?/),
  ]);
});

it('a path of another host stays a path', async () => {
  const { origin, close } = await running(
    createServer(
      (incoming, outgoing) =>
        void toNodeHandler((request) => Promise.resolve(new Response(request.url)))(
          Object.assign(incoming, { originalUrl: incoming.url }),
          outgoing,
        ),
    ),
  );
  try {
    expect(await (await fetch(`${origin}//evil.example/x`)).text()).toBe(`${origin}//evil.example/x`);
  } finally {
    await close();
  }
});

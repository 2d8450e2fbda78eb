import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { buildSchema, graphql, GraphQLError, type ExecutionResult } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toPublicError } from '../../examples/frameworks/graphql.ts';
import { createHandler } from '../../examples/frameworks/trpc.ts';
import { accepted, thrown } from './upstream.ts';

const { error: message, ...facts } = thrown.toPublic();

/** What a resolver or procedure can throw that repeats what a ProviderError says. */
const repeated: readonly (readonly [string, () => unknown])[] = [
  ['a copy of an error of ours, as from a worker thread', () => structuredClone(thrown)],
  ['an error that wraps one of ours', () => new Error(`no: ${thrown.message}`, { cause: thrown })],
  ['an error about several of ours', () => new AggregateError([thrown], thrown.message)],
  ['an object that is no error', () => ({ message: thrown.message })],
  ['a text', () => thrown.message],
];

let logged: unknown[];
beforeEach(() => {
  logged = [];
  vi.spyOn(console, 'error').mockImplementation((...values) => void logged.push(...values));
});
afterEach(() => void vi.restoreAllMocks());

describe('an error that a resolver of GraphQL throws', () => {
  const schema = buildSchema('type Query { cancel: String!, other: String }');
  const ask = (cancel: () => unknown, source = '{ other cancel }'): Promise<ExecutionResult> =>
    graphql({ schema, source, rootValue: { cancel, other: () => 'fine' } });
  const shown = async (cancel: () => unknown, source?: string): Promise<string> => {
    const { data, errors } = await ask(cancel, source);
    return JSON.stringify({ data, errors: errors?.map(toPublicError) });
  };
  const failing = (error: unknown) => (): never => {
    throw error;
  };

  it('shows the upstream without the recipe', async () => {
    expect(JSON.stringify(await ask(failing(thrown)))).toContain('upstream');
  });

  it('tells the customer what to do, and nothing of the upstream', async () => {
    for (const cancel of [failing(thrown), () => Promise.reject(thrown)]) {
      expect(JSON.parse(await shown(cancel))).toEqual({
        data: null,
        errors: [{ message, extensions: facts, path: ['cancel'], locations: [{ line: 1, column: 9 }] }],
      });
      expect(logged.at(-1)).toHaveProperty('originalError', thrown);
    }
  });

  it('is recognized if a GraphQLError wraps it, and without GraphQL', async () => {
    const wrapped = new GraphQLError(thrown.message, { originalError: thrown, extensions: { upstream: true } });
    for (const error of [wrapped, new GraphQLError(thrown.message, { originalError: wrapped })]) {
      const text = await shown(failing(error));
      expect(JSON.parse(text)).toMatchObject({ errors: [{ message, extensions: facts }] });
      expect(text).not.toContain('upstream');
    }
    expect(JSON.parse(JSON.stringify(toPublicError(thrown)))).toEqual({ message, extensions: facts });
  });

  it.each(repeated)('tells the customer nothing of the upstream if it is %s', async (_, make) => {
    const text = await shown(failing(make()));
    expect(JSON.parse(text)).toMatchObject({ errors: [{ message: 'Internal Server Error', path: ['cancel'] }] });
    expect(text).not.toContain('upstream');
    expect(logged).toHaveLength(1);
  });

  it('stays unchanged if it is about the request or written for the client', async () => {
    expect(await shown(() => 'yes', '{ nothing }')).toContain('Cannot query field');
    expect(await shown(() => 'yes', '{')).toContain('Syntax Error');
    expect(await shown(failing(new GraphQLError('Sign in first.')))).toContain('Sign in first.');
    expect(logged).toEqual([]);
  });
});

describe('an error that a procedure of tRPC throws', () => {
  type Handler = (request: Request) => Promise<Response>;
  const post = async (handler: Handler, path = 'cancel', body = '{}'): Promise<{ status: number; text: string }> => {
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`http://localhost/trpc/${path}`, { method: 'POST', headers, body });
    const response = await handler(request);
    return { status: response.status, text: await response.text() };
  };
  const rejecting = (error: unknown): Handler => createHandler(() => Promise.reject(error));

  it('shows the upstream without the recipe', async () => {
    const t = initTRPC.create();
    const router = t.router({ cancel: t.procedure.mutation(() => Promise.reject(thrown)) });
    const { status, text } = await post((req) => fetchRequestHandler({ endpoint: '/trpc', req, router }));
    expect(status).toBe(500);
    expect(text).toContain('upstream');
  });

  it('tells the customer what to do, and nothing of the upstream', async () => {
    const wrapped = new TRPCError({ code: 'BAD_GATEWAY', message: thrown.message, cause: thrown });
    for (const error of [thrown, wrapped]) {
      const { status, text } = await post(rejecting(error));
      expect(status).toBe(502);
      expect(JSON.parse(text)).toMatchObject({
        error: { message, data: { path: 'cancel', public: thrown.toPublic() } },
      });
      expect(text).not.toContain('upstream');
      expect(logged.at(-1)).toHaveProperty('cause', thrown);
    }
  });

  it('names no upstream in a batch either', async () => {
    const { text } = await post(rejecting(thrown), 'cancel,cancel?batch=1', '{"0":{},"1":{}}');
    expect(JSON.parse(text)).toMatchObject([{ error: { message } }, { error: { message } }]);
    expect(text).not.toContain('upstream');
  });

  it.each(repeated)('tells the customer nothing of the upstream if it is %s', async (_, make) => {
    const { status, text } = await post(rejecting(make()));
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { message: 'Internal Server Error' } });
    expect(text).not.toContain('upstream');
  });

  it('stays tRPC’s own, without a stack, if it is about the request', async () => {
    const { status, text } = await post(rejecting(thrown), 'nothing');
    expect(status).toBe(404);
    expect(text).toContain('No procedure found');
    expect(text).not.toContain('stack');
  });

  it('is no error if the cancellation was accepted', async () => {
    const { status, text } = await post(createHandler(() => Promise.resolve(accepted)));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ result: { data: { outcome: 'requested' } } });
    expect(text).not.toContain('upstream');
  });
});

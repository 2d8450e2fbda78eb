import { gzipSync } from 'node:zlib';
import { createCancelService, type ErrorCode, type UnknownReason } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { closedOrigin } from '../../src/conformance/loopback.ts';
import { acme, blindAcmeProvider, REQUEST, toWrite, type AcmeVariant } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, networkError, recordingFetch, writesOf } from '../support/fetch.ts';
import { startAnswering, startHttp, startRaw } from '../support/loopback.ts';

const token = 'a-token-of-the-account';
const SHORT = { attemptTimeoutMs: 150, deadlineMs: 2_000 };

function serviceAt(baseUrl: string, options: Parameters<typeof createCancelService>[1] = SHORT, variant?: AcmeVariant) {
  return createCancelService({ acme: acme({ baseUrl, token }, variant) }, options);
}

/** The same where nothing can be read back: all that is sent is the cancellation itself. */
function blindServiceAt(baseUrl: string, options: Parameters<typeof createCancelService>[1] = SHORT) {
  return createCancelService({ acme: blindAcmeProvider().account({ baseUrl, token }) }, options);
}

function viaFetch(fetch: typeof globalThis.fetch, deadlineMs = 120) {
  return serviceAt('https://api.example.com', { fetch, deadlineMs, attemptTimeoutMs: 60 });
}

const deleting: AcmeVariant = {
  *cancel(order) {
    const { status } = yield {
      effect: 'write',
      method: 'DELETE',
      path: ['services', order.service.hostingId],
      form: {},
    };
    return status === 200 ? { verdict: 'accepted', outcome: 'requested' } : { verdict: 'unrecognized' };
  },
};

describe('a server that fails after the request has arrived', () => {
  it('hangs: the outcome is unknown and nothing is sent again', async () => {
    await using server = await startHttp(() => undefined);
    const error = await failureOf(blindServiceAt(server.origin).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout', retryable: false, attempts: 1 });
    expect(Date.parse(error.sentAt ?? '')).toBeLessThanOrEqual(Date.now());
    expect(server.seen).toHaveLength(1);
  });

  it('hangs, also when it is read back: only the reads are sent again', async () => {
    await using server = await startHttp(() => undefined);
    const error = await failureOf(serviceAt(server.origin, { attemptTimeoutMs: 400 }).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout', retryable: false, attempts: 4 });
    expect(error.lastSeen).toBeUndefined();
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET']);
  });

  const breaks: readonly [string, string | undefined][] = [
    ['before the response', undefined],
    ['within the status line', 'HTTP/1.1 20'],
    ['within the headers', 'HTTP/1.1 200 OK\r\ncontent-type: applic'],
    ['in mid-body with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"result":"succ'],
    ['in mid-body in chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"res\r\n'],
    ['in mid-body of a refusal', 'HTTP/1.1 422 No\r\ncontent-length: 100\r\n\r\n{"result":"refused"'],
  ];
  for (const how of ['destroys', 'resets'] as const) {
    it.each(breaks)(`${how} the connection %s: the outcome is unknown`, async (_, sent) => {
      await using server = await startRaw((socket, soFar) => {
        if (!soFar.endsWith('}')) return;
        const end = (): unknown => (how === 'resets' ? socket.resetAndDestroy() : socket.destroy());
        if (sent === undefined) end();
        else socket.write(sent, () => setTimeout(end, 20));
      });
      const error = await failureOf(serviceAt(server.origin).cancel(REQUEST));
      expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
      expect(server.received().match(/POST /g)).toHaveLength(1);
    });
  }

  it('answers something that is not HTTP: the outcome is unknown', async () => {
    await using server = await startRaw((socket, soFar) => {
      if (soFar.endsWith('}')) socket.end('220 mail.example.com ESMTP\r\n');
    });
    const error = await failureOf(serviceAt(server.origin).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
    expect(server.received().match(/POST /g)).toHaveLength(1);
  });

  it.each([
    ['the attempt', { attemptTimeoutMs: 150, deadlineMs: 5_000 }],
    ['the deadline', { attemptTimeoutMs: 5_000, deadlineMs: 150 }],
  ])('drips its body for longer than %s: the outcome is unknown', async (_, options) => {
    await using server = await startHttp((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"result":');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const error = await failureOf(serviceAt(server.origin, options).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
    expect(writesOf(server.seen)).toHaveLength(1);
  });

  it('drips a refusal, which does not count until it is complete', async () => {
    await using server = await startHttp((response) => void response.writeHead(422).write('{"result":"refused"}'));
    const error = await failureOf(serviceAt(server.origin).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
  });

  it('resets a connection that is kept alive: a DELETE is not sent again either', async () => {
    let answered = false;
    await using server = await startHttp((response, _, socket) => {
      if (answered) socket.resetAndDestroy();
      else response.end('{}');
      answered = true;
    });
    const service = serviceAt(server.origin, SHORT, deleting);
    await service.cancel(REQUEST);
    const error = await failureOf(service.cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
    expect(writesOf(server.seen)).toHaveLength(2);
  });
});

describe('a response in full', () => {
  // 1xx is no answer, 204, 205 and 304 have no body; 408, 421, 425 and 429 say "not processed" and may be sent again.
  const unprocessed = new Set([408, 421, 425, 429]);
  const statuses = Array.from({ length: 400 }, (_, index) => index + 200).filter((status) => !unprocessed.has(status));

  it('of any status that does not invite another attempt is the response to exactly one write', async () => {
    let status = 200;
    await using server = await startHttp((response) => response.writeHead(status, { location: '/elsewhere' }).end());
    const codes = new Map<number, ErrorCode>();
    const failedServer = new Set<number>();
    for (status of statuses) {
      // A service of its own for each: one that has heard 15 failures in a row sends nothing for a while.
      const { code, reason } = await failureOf(blindServiceAt(server.origin, {}).cancel(REQUEST));
      codes.set(status, code);
      if (reason === 'server_error') failedServer.add(status);
    }
    expect([...failedServer]).toEqual(statuses.filter((of) => of >= 500));

    expect(server.seen).toHaveLength(statuses.length);
    const claimsNothingHappened = [...codes].flatMap(([of, code]) => (code === 'outcome_unknown' ? [] : [of]));
    expect(claimsNothingHappened).toEqual([
      301, 302, 307, 308, 400, 401, 404, 405, 407, 410, 411, 413, 414, 415, 417, 426, 431,
    ]);
  });

  it('carries a length and the request is sent in one piece', async () => {
    await using server = await startAnswering(200, '{"result":"success"}');
    await serviceAt(server.origin).cancel({ ...REQUEST, reason: 'Größe ist 5 €', reference: 'order-1' });
    const [request] = server.seen;
    expect(JSON.parse(request?.body ?? '')).toEqual({
      domain: 'example.com',
      when: 'end_of_period',
      reason: 'Größe ist 5 € (reference: order-1)',
      reference: 'order-1',
    });
    expect(request?.headers['content-length']).toBe(String(Buffer.byteLength(request?.body ?? '')));
    expect(request?.headers['transfer-encoding']).toBeUndefined();
  });

  it.each([
    ['plain', { 'content-type': 'application/json' }, Buffer.alloc(8 * 1024 * 1024, ' ')],
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))],
  ])('over 256 KiB, %s, is not read to its end', async (_, headers, body) => {
    let finished = false;
    await using server = await startHttp((response) => {
      response.on('finish', () => (finished = true));
      response.writeHead(200, headers);
      // The last byte never comes: whoever waits for it runs into the time limit, which has another reason.
      response.write(body.subarray(0, -1));
    });
    const error = await failureOf(blindServiceAt(server.origin, { attemptTimeoutMs: 5_000 }).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', providerStatus: 200 });
    expect(error.message).toContain('256 KiB');
    expect(finished).toBe(false);
    expect(server.seen).toHaveLength(1);
  });

  it('that claims to be compressed and is not leaves the outcome unknown', async () => {
    await using server = await startAnswering(200, '{"result":"success"}', { 'content-encoding': 'gzip' });
    const error = await failureOf(serviceAt(server.origin).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost' });
  });

  it.each([
    ['with white space and a byte order mark before it', '\uFEFF \r\n\n{"result":"success"}\n'],
    ['of exactly 256 KiB', '{"result":"success"}'.padEnd(256 * 1024, ' ')],
  ])('%s is read', async (_, body) => {
    await using server = await startAnswering(200, body, { 'content-type': 'text/html' });
    expect(await serviceAt(server.origin).cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
  });
});

describe('a redirect', () => {
  const afterwards: ReadonlySet<number> = new Set([300, 303, 304, 305]);
  const cases = [300, 301, 302, 303, 304, 305, 307, 308].flatMap((status) => [
    { status, method: 'POST', variant: {} },
    { status, method: 'DELETE', variant: deleting },
  ]);

  it.each(cases)('$status to a $method is not followed, to no origin', async ({ status, method, variant }) => {
    await using other = await startAnswering(200, '{"result":"success"}');
    await using server = await startAnswering(status, '', { location: `${other.origin}/services/h-1/cancel` });
    const error = await failureOf(serviceAt(server.origin, SHORT, variant).cancel(REQUEST));
    expect(error.code).toBe(afterwards.has(status) ? 'outcome_unknown' : 'unexpected_response');
    expect(writesOf(server.seen).map((request) => request.method)).toEqual([method]);
    expect(other.seen).toEqual([]);
  });

  it('of a read-back is not followed either', async () => {
    await using other = await startAnswering(200, '{"state":"requested"}');
    await using server = await startAnswering(302, '', { location: other.origin });
    const { account, service } = REQUEST;
    const error = await failureOf(serviceAt(server.origin).status({ account, service }));
    expect(error).toMatchObject({ code: 'unexpected_response', providerStatus: 302 });
    expect(other.seen).toEqual([]);
  });

  it('whose status a custom fetch hides leaves the outcome unknown', async () => {
    const { fetch } = recordingFetch(() => Response.error());
    const error = await failureOf(viaFetch(fetch).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer' });
  });
});

describe('an abort', () => {
  it('before the call sends nothing', async () => {
    await using server = await startAnswering(200, '{"result":"success"}');
    const signal = AbortSignal.abort(new Error('a reason that could hold a secret'));
    const error = await failureOf(serviceAt(server.origin).cancel(REQUEST, { signal }));
    expect(error).toMatchObject({ code: 'aborted', attempts: 0 });
    expect(error.message).not.toContain('a reason');
    expect(server.seen).toEqual([]);
  });

  it('while the connection is being made ends the call, and does not claim that nothing was sent', async () => {
    const controller = new AbortController();
    const connecting: typeof fetch = async (_, init) => {
      const request = new Request('https://api.example.com', init);
      controller.abort();
      request.signal.throwIfAborted();
      return await new Promise<Response>(() => undefined);
    };
    const error = await failureOf(viaFetch(connecting, 5_000).cancel(REQUEST, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'aborted' });
  });

  it('after the request was sent leaves the outcome unknown', async () => {
    await using server = await startHttp(() => undefined);
    const controller = new AbortController();
    const failing = failureOf(
      serviceAt(server.origin, { attemptTimeoutMs: 10_000 }).cancel(REQUEST, { signal: controller.signal }),
    );
    await server.whenSeen(1);
    controller.abort();
    expect(await failing).toMatchObject({ code: 'outcome_unknown', reason: 'aborted', attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  it('in the middle of the response leaves the outcome unknown', async () => {
    const controller = new AbortController();
    await using server = await startHttp((response) => {
      response.writeHead(200).write('{"result":');
      setTimeout(() => controller.abort(), 30);
    });
    const service = serviceAt(server.origin, { attemptTimeoutMs: 10_000 });
    const error = await failureOf(service.cancel(REQUEST, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'aborted' });
  });

  it('of a read is only an abort', async () => {
    const controller = new AbortController();
    await using server = await startHttp(() => controller.abort());
    const { account, service } = REQUEST;
    const reading = serviceAt(server.origin).status({ account, service }, { signal: controller.signal });
    expect(await failureOf(reading)).toMatchObject({ code: 'aborted' });
  });

  it('after the response changes nothing', async () => {
    await using server = await startAnswering(200, '{"result":"success"}');
    const controller = new AbortController();
    const result = await serviceAt(server.origin).cancel(REQUEST, { signal: controller.signal });
    controller.abort();
    expect(result.outcome).toBe('requested');
  });
});

describe('a failure to connect', () => {
  it('that is refused proves that nothing was sent', async () => {
    const error = await failureOf(serviceAt(await closedOrigin()).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.sentAt).toBeUndefined();
  });

  it('over TLS to a port that speaks plain HTTP never shows the request', async () => {
    await using server = await startRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await failureOf(serviceAt(server.origin.replace('http:', 'https:')).cancel(REQUEST));
    expect(['unavailable', 'outcome_unknown']).toContain(error.code);
    expect(server.received()).not.toMatch(/POST|example\.com|token/);
    expect(server.connections()).toBeGreaterThan(0);
  });

  const nested = (...errors: unknown[]): TypeError =>
    new TypeError('fetch failed', { cause: new AggregateError(errors) });
  const circle = new Error('a');
  circle.cause = new Error('b', { cause: circle });
  const provenNotSent: readonly [string, unknown][] = [
    ['an unknown host name', networkError('ENOTFOUND', 'getaddrinfo')],
    ['a name server that does not answer', networkError('EAI_AGAIN', 'getaddrinfo')],
    ['ECONNREFUSED of connect', networkError('ECONNREFUSED', 'connect')],
    ['ECONNRESET of connect', networkError('ECONNRESET', 'connect')],
    ['ETIMEDOUT of connect', networkError('ETIMEDOUT', 'connect')],
    ['a connect timeout', networkError('UND_ERR_CONNECT_TIMEOUT')],
    ['an expired certificate', networkError('CERT_HAS_EXPIRED')],
    ['a self-signed certificate', networkError('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['an error without a wrapper', networkError('ECONNREFUSED', 'connect').cause],
    [
      'several addresses that all refused',
      nested(networkError('ECONNREFUSED', 'connect'), networkError('ENETUNREACH', 'connect')),
    ],
  ];
  it.each(provenNotSent)('by %s proves that nothing was sent', async (_, thrown) => {
    const { fetch } = recordingFetch(() => Promise.reject(thrown));
    expect(await failureOf(viaFetch(fetch).cancel(REQUEST))).toMatchObject({ code: 'unavailable', retryable: true });
  });

  const perhapsSent: readonly [string, unknown][] = [
    ['ECONNRESET of read', networkError('ECONNRESET', 'read')],
    ['ECONNRESET without a syscall', networkError('ECONNRESET')],
    ['EPIPE of write', networkError('EPIPE', 'write')],
    ['ETIMEDOUT of read', networkError('ETIMEDOUT', 'read')],
    ['ECONNREFUSED without a syscall', networkError('ECONNREFUSED')],
    ['ENOTFOUND of another syscall', networkError('ENOTFOUND', 'read')],
    ['a socket error', networkError('UND_ERR_SOCKET')],
    ['a headers timeout', networkError('UND_ERR_HEADERS_TIMEOUT')],
    ['a code of the prototype of all objects', networkError('toString', 'connect')],
    ['an error without a code', new Error('odd')],
    ['an error of the name TimeoutError', new DOMException('odd', 'TimeoutError')],
    ['a text', 'ECONNREFUSED'],
    ['nothing', undefined],
    ['null', null],
    [
      'several addresses of which one was reset',
      nested(networkError('ECONNREFUSED', 'connect'), networkError('ECONNRESET', 'read')),
    ],
    ['several addresses of which one failed oddly', nested(networkError('ECONNREFUSED', 'connect'), undefined)],
    ['an aggregate of nothing', nested()],
    [
      'a reset that was caused by an earlier refusal',
      Object.assign(new Error('read ECONNRESET', { cause: networkError('ECONNREFUSED', 'connect') }), {
        code: 'ECONNRESET',
        syscall: 'read',
      }),
    ],
    ['a circle of causes', circle],
    [
      'an error whose code cannot be read',
      Object.defineProperty(new Error('odd'), 'code', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ];
  it.each(perhapsSent)('by %s proves nothing', async (_, thrown) => {
    const { fetch, requests } = recordingFetch(() => Promise.reject(thrown));
    expect(await failureOf(viaFetch(fetch).cancel(REQUEST))).toMatchObject({ code: 'outcome_unknown' });
    expect(writesOf(requests)).toHaveLength(1);
  });

  it('in the body of a response proves nothing: the headers came back', async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(networkError('ECONNREFUSED', 'connect')) });
    const { fetch } = recordingFetch(() => new Response(body, { status: 200 }));
    expect(await failureOf(viaFetch(fetch).cancel(REQUEST))).toMatchObject({
      code: 'outcome_unknown',
      reason: 'connection_lost',
    });
  });
});

describe('a custom fetch', () => {
  const never = new Promise<never>(() => undefined);
  const endless = (chunk: Uint8Array, pause?: Promise<never>): Response =>
    new Response(
      new ReadableStream({
        pull: async (stream) => {
          stream.enqueue(chunk);
          await pause;
        },
      }),
    );
  const returns = (value: unknown): typeof fetch => {
    const fake: unknown = async () => value;
    // oxlint-disable-next-line no-unsafe-type-assertion -- a fetch that breaks its type is what is tested
    return fake as typeof fetch;
  };
  const cases: readonly [string, typeof fetch, UnknownReason][] = [
    ['never resolves and ignores the signal', () => never, 'timeout'],
    [
      'throws synchronously',
      () => {
        throw new Error('odd');
      },
      'connection_lost',
    ],
    ['returns nothing', returns(undefined), 'connection_lost'],
    ['returns a text', returns('{"result":"success"}'), 'connection_lost'],
    ['returns an object with a status', returns({ status: 200, headers: {}, text: () => '{}' }), 'connection_lost'],
    ['returns a body that never comes', returns(endless(new Uint8Array(1), never)), 'timeout'],
    ['returns a body without end', returns(endless(new Uint8Array(1024).fill(32))), 'unreadable_answer'],
    ['returns a body of empty pieces without end', returns(endless(new Uint8Array(0))), 'timeout'],
    [
      'returns a body that somebody else reads',
      async () => {
        const response = json({ result: 'success' });
        response.body?.getReader();
        return response;
      },
      'connection_lost',
    ],
  ];
  it.each(cases)('that %s: the call settles, the outcome is unknown', async (_, fetch, reason) => {
    const error = await failureOf(viaFetch(fetch).cancel(REQUEST));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason });
    expect(error.message).not.toContain('odd');
  });

  it('is asked for no redirect and given the whole request', async () => {
    let given: Request | undefined;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      given = new Request(input, init);
      return json({ result: 'success' });
    };
    await viaFetch(fetch).cancel(REQUEST);
    expect(given?.redirect).toBe('manual');
    expect(given?.method).toBe('POST');
    expect(given?.url).toBe('https://api.example.com/services/h-1/cancel');
  });

  it('is looked up at the time of the call if none is given', async () => {
    const service = createCancelService({ acme: acme({ baseUrl: 'https://api.example.com', token }) });
    const before = globalThis.fetch;
    const { fetch, requests } = recordingFetch();
    globalThis.fetch = fetch;
    try {
      await service.cancel(REQUEST);
    } finally {
      globalThis.fetch = before;
    }
    expect(requests).toHaveLength(1);
  });
});

describe('the deadline', () => {
  it('that passed while an adapter kept the thread busy stops the request', async () => {
    const { fetch, requests } = recordingFetch();
    const slow: AcmeVariant = {
      *cancel(order, config) {
        for (const end = performance.now() + 60; performance.now() < end;);
        yield toWrite(order, config);
        return { verdict: 'accepted', outcome: 'requested' };
      },
    };
    const service = serviceAt('https://api.example.com', { fetch, deadlineMs: 30 }, slow);
    expect(await failureOf(service.cancel(REQUEST))).toMatchObject({ code: 'unavailable', attempts: 0 });
    expect(requests).toEqual([]);
  });

  it('of the call wins over the deadline of the service', async () => {
    await using server = await startHttp(() => undefined);
    const service = serviceAt(server.origin, { attemptTimeoutMs: 60_000, deadlineMs: 60_000 });
    const error = await failureOf(service.cancel(REQUEST, { deadlineMs: 100 }));
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
  });
});

/**
 * A reseller's backend whose cancellations survive a crash: what a customer has asked for is in a queue before the
 * response goes out, and is carried out however often the process is stopped, or killed.
 *
 * `node examples/durable-backend.ts --data ./cancellations --services services.json --port 8080`
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createCancelService, isProviderError, type CancelRequest, type When } from 'cancelkit';
import { edis, type EdisAccount } from 'cancelkit/edis';
import { hosting, type HostingAccount } from 'cancelkit/hosting';
import { createCancelQueue, type CancelQueue, type QueuedCancellation } from 'cancelkit/queue';
import { vpsbg, type VpsbgAccount } from 'cancelkit/vpsbg';
import { whmcs, type WhmcsAccount } from 'cancelkit/whmcs';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import * as v from 'valibot';

interface ResellerAccounts {
  readonly edis: EdisAccount;
  readonly vpsbg: VpsbgAccount;
  readonly hosting: HostingAccount;
  readonly whmcs: WhmcsAccount;
}

type Upstream<Request> = Request extends unknown ? Pick<Request, Extract<keyof Request, 'account' | 'service'>> : never;

/** Where each of the reseller's own services lives upstream, by its own id. */
export type UpstreamServices = Readonly<Record<string, Upstream<CancelRequest<ResellerAccounts>>>>;

/** What the operator's log gets; the customer gets none of it. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;

/** What a customer sees of a cancellation. */
interface PublicState {
  readonly order: string;
  readonly state: 'in_progress' | 'requested' | 'scheduled' | 'cancelled' | 'not_cancelled';
  readonly message: string;
  readonly endsAt: string | null;
}

interface CancelBody {
  readonly service: string;
  readonly when: When;
  readonly reason?: string;
}

const bodySchema = {
  type: 'object',
  required: ['service', 'when'],
  additionalProperties: false,
  properties: {
    service: { type: 'string', maxLength: 100 },
    when: { enum: ['immediate', 'end_of_period'] },
    reason: { type: 'string', maxLength: 500 },
  },
} as const;

const paramsSchema = { type: 'object', properties: { order: { type: 'string', maxLength: 100 } } } as const;

/** `PUT` and `GET /orders/:order/cancellation`. The order's id makes the `PUT` idempotent. */
export function createBackend(
  queue: CancelQueue<ResellerAccounts>,
  upstream: UpstreamServices,
  log: Log,
): FastifyInstance {
  const app = fastify();

  app.put<{ Params: { order: string }; Body: CancelBody }>(
    '/orders/:order/cancellation',
    { schema: { params: paramsSchema, body: bodySchema } },
    async (request, reply) => {
      const { order } = request.params;
      const { service, when, reason } = request.body;
      const target = Object.hasOwn(upstream, service) ? upstream[service] : undefined;
      if (target === undefined) return reply.code(404).send({ error: 'The service was not found.' });
      try {
        await queue.enqueue({ ...target, when, reason, reference: order }, { id: order, by: 'customer' });
        const state = await publicState(queue, order);
        return await reply.code(202).send(state);
      } catch (error) {
        return answerFailure(error, order, reply, log);
      }
    },
  );

  app.get<{ Params: { order: string } }>(
    '/orders/:order/cancellation',
    { schema: { params: paramsSchema } },
    async (request, reply) => {
      const { order } = request.params;
      try {
        const state = await publicState(queue, order);
        if (state === undefined) return await reply.code(404).send({ error: 'There is no such cancellation.' });
        return await reply.send(state);
      } catch (error) {
        return answerFailure(error, order, reply, log);
      }
    },
  );

  return app;
}

async function publicState(queue: CancelQueue<ResellerAccounts>, order: string): Promise<PublicState | undefined> {
  const record = await queue.get(order);
  return record === undefined ? undefined : { order, ...wordsFor(record) };
}

/** In words that name neither provider nor account. */
function wordsFor({ state, outcome }: QueuedCancellation): Omit<PublicState, 'order'> {
  const endsAt = outcome?.ok === true ? (outcome.result.effectiveAt?.value ?? null) : null;
  switch (state) {
    case 'proposed':
    case 'planned':
    case 'intent':
    case 'sent':
      return { state: 'in_progress', message: 'Your cancellation is being processed.', endsAt };
    case 'unknown':
      return { state: 'in_progress', message: 'Your cancellation is being confirmed.', endsAt };
    case 'lapsed':
    case 'overdue':
      return { state: 'in_progress', message: 'Your cancellation is being looked into.', endsAt };
    case 'requested':
      return { state: 'requested', message: 'Your cancellation has been accepted.', endsAt };
    case 'scheduled':
      return { state: 'scheduled', message: 'Your service has been cancelled for the date shown.', endsAt };
    case 'completed':
      return { state: 'cancelled', message: 'Your service has ended.', endsAt };
    case 'already_cancelled':
      return { state: 'cancelled', message: 'Your service had been cancelled before.', endsAt };
    case 'refused': {
      const message = outcome?.ok === false ? outcome.error.publicMessage : 'Your service was not cancelled.';
      return { state: 'not_cancelled', message, endsAt };
    }
  }
}

function answerFailure(error: unknown, order: string, reply: FastifyReply, log: Log): FastifyReply {
  if (!isProviderError(error)) {
    // Fastify would send its message, which is not for customers.
    log({ order, fault: String(error) });
    return reply.code(500).send({ error: 'Internal Server Error' });
  }
  log({ ...error.toJSON(), order });
  if (error.code === 'unavailable' || error.code === 'outcome_unknown') {
    // The id makes it safe to ask again, also where it is not known whether it was stored.
    return reply.code(503).header('retry-after', '5').send({ error: 'Please try again in a moment.' });
  }
  const paths = error.issues?.map(({ path }) => path) ?? [];
  if (paths.includes('options.id')) {
    return reply.code(409).send({ error: 'Something else was asked for under this order before.' });
  }
  if (paths.includes('service')) return reply.code(409).send({ error: 'The service is already being cancelled.' });
  return reply.code(422).send({ error: error.publicMessage });
}

const servicesFile = v.record(
  v.string(),
  v.variant('account', [
    v.object({ account: v.literal('edis'), service: v.object({ kvmId: v.string() }) }),
    v.object({ account: v.literal('vpsbg'), service: v.object({ serverId: v.number() }) }),
    v.object({ account: v.literal('hosting'), service: v.object({ hostingId: v.string(), domain: v.string() }) }),
    v.object({ account: v.literal('whmcs'), service: v.object({ serviceId: v.number() }) }),
  ]),
);

/** Serves and works until the process receives a signal; started cancellations finish. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './cancellations' },
      services: { type: 'string', default: './services.json' },
      port: { type: 'string', default: '0' },
      // For a trial, so that nobody waits for the half minute after which the work of a killed process is taken up.
      'deadline-ms': { type: 'string', default: '30000' },
      'read-back-ms': { type: 'string' },
    },
  });
  const log: Log = (entry) => process.stdout.write(`${JSON.stringify(entry)}\n`);
  const upstream = v.parse(servicesFile, JSON.parse(await readFile(values.services, 'utf8')));
  // Without a config each account reads its environment variables, such as WHMCS_URL, at every call.
  const accounts: ResellerAccounts = { edis: edis(), vpsbg: vpsbg(), hosting: hosting(), whmcs: whmcs() };
  const queue = await createCancelQueue({
    services: createCancelService(accounts),
    database: values.data,
    deadlineMs: Number(values['deadline-ms']),
    readBackAfterMs: values['read-back-ms']?.split(',').map(Number),
    onError: (error) => log(error.toJSON()),
  });
  const app = createBackend(queue, upstream, log);
  const stop = new AbortController();
  const working = queue.work({ signal: stop.signal });
  log({ listening: await app.listen({ port: Number(values.port), host: '127.0.0.1' }) });
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), working]);
  stop.abort();
  await Promise.all([app.close(), working]);
  await queue.close();
  log({ stopped: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

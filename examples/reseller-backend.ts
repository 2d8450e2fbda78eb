/**
 * A reseller's backend in small: its own service ids outside, the upstream accounts inside. A customer never learns
 * which provider is behind a service; the operator's log does.
 */
import { createCancelService, httpStatusOf, type CancelRequest, type ServiceOptions, type When } from 'cancelkit';
import { edis, type EdisAccount } from 'cancelkit/edis';
import { hosting, type HostingAccount } from 'cancelkit/hosting';
import { vpsbg, type VpsbgAccount } from 'cancelkit/vpsbg';
import { whmcs, type WhmcsAccount } from 'cancelkit/whmcs';
import fastify, { type FastifyInstance } from 'fastify';

interface ResellerAccounts {
  readonly edis: EdisAccount;
  readonly vpsbg: VpsbgAccount;
  readonly hosting: HostingAccount;
  readonly whmcs: WhmcsAccount;
}

type Upstream<Request> = Request extends unknown ? Pick<Request, Extract<keyof Request, 'account' | 'service'>> : never;

/** Where each of the reseller's own services lives upstream. In a real backend this is a table of its database. */
export type UpstreamServices = ReadonlyMap<string, Upstream<CancelRequest<ResellerAccounts>>>;

/** What the operator's log gets; the customer gets none of it. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;

interface CancelBody {
  readonly when: When;
  readonly reason?: string;
}

const bodySchema = {
  type: 'object',
  required: ['when'],
  additionalProperties: false,
  properties: {
    when: { enum: ['immediate', 'end_of_period'] },
    reason: { type: 'string', maxLength: 500 },
  },
} as const;

/** `POST /services/:id/cancel` with `{ when, reason? }`. */
export function createBackend(upstream: UpstreamServices, log: Log, options: ServiceOptions = {}): FastifyInstance {
  // Without a config each account reads its environment variables, such as WHMCS_URL, at every call.
  const accounts: ResellerAccounts = { edis: edis(), vpsbg: vpsbg(), hosting: hosting(), whmcs: whmcs() };
  const services = createCancelService(accounts, options);
  const app = fastify();

  app.post<{ Params: { id: string }; Body: CancelBody }>(
    '/services/:id/cancel',
    { schema: { body: bodySchema } },
    async (request, reply) => {
      const { id } = request.params;
      const target = upstream.get(id);
      if (target === undefined) return reply.code(404).send({ error: 'The service was not found.' });
      const { when, reason } = request.body;

      const outcome = await services.safeCancel({ ...target, when, reason, reference: id });

      if (outcome.ok) {
        const { outcome: state, effectiveAt, operationId, warnings } = outcome.result;
        log({ operationId, id, state, warnings });
        return reply.code(202).send({ id, state, endsAt: effectiveAt?.value ?? null, operationId });
      }
      const { error } = outcome;
      log({ ...error.toJSON(), id });
      if (error.retryAt !== undefined) reply.header('retry-after', secondsUntil(error.retryAt));
      return reply.code(httpStatusOf(error)).send(error.toPublic());
    },
  );

  return app;
}

function secondsUntil(time: string): number {
  return Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1000));
}

import { Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { type LeasewebOptions, instanceJson, leasewebError, productJson } from './emulator-json.ts';
import type { LeasewebState } from './emulator-state.ts';

const REASONS = [
  { reason: 'The project is over', reasonCode: 'SANDBOX_PROJECT_OVER' },
  { reason: 'It was only for a test', reasonCode: 'SANDBOX_TEST' },
];

/** The HTTP side of the emulated Leaseweb. */
export function createLeasewebRoutes(
  state: LeasewebState,
  clock: EmulatorClock,
  options: () => Readonly<LeasewebOptions>,
  key: string,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono();
  const gone = (thing: { readonly ended: boolean }): boolean => thing.ended && options().ended === 'gone';
  const missing = (): Response => leasewebError(404, 'nothing has this id');

  app.use(async ({ req }, next) => {
    if (req.header('x-lsw-auth') !== key) return leasewebError(401, 'who are you?');
    const isAction = /\/(?:uncancel|cancelTermination)$/.test(req.path) || req.method === 'DELETE';
    // These describe no body.
    if (isAction && req.header('content-type') !== undefined) return leasewebError(415, 'no content is expected');
    return next();
  });

  /** A page as `limit` and `offset` ask for it. */
  const page = <One>(all: readonly One[], query: (name: string) => string | undefined) => {
    const [limit, offset] = [Number(query('limit') ?? 10), Number(query('offset') ?? 0)];
    return { shown: all.slice(offset, offset + limit), counts: { limit, offset, totalCount: all.length } };
  };
  app.get('/services/v1/services', ({ req }) => {
    const all = [...state.things.values()].filter((thing) => thing.kind === 'service' && !gone(thing));
    const { shown, counts } = page(all, (name) => req.query(name));
    const services = shown.flatMap((thing) => (thing.kind === 'service' ? [productJson(thing, options())] : []));
    return json(200, { services, metadata: counts });
  });
  app.get('/publicCloud/v1/instances', ({ req }) => {
    const all = [...state.things.values()].filter((thing) => thing.kind === 'instance' && !gone(thing));
    const { shown, counts } = page(all, (name) => req.query(name));
    const instances = shown.flatMap((thing) =>
      thing.kind === 'instance' ? [instanceJson(thing, clock, options())] : [],
    );
    return json(200, { instances, _metadata: counts });
  });
  app.get('/services/v1/services/cancellationReasons', () => json(200, { cancellationReasons: REASONS }));
  app.get('/services/v1/services/:id', ({ req }) => {
    const product = state.product(req.param('id'));
    return product === undefined || gone(product) ? missing() : json(200, productJson(product, options()));
  });
  app.post('/services/v1/services/:id/cancel', async ({ req }) => {
    const product = state.product(req.param('id'));
    if (product === undefined || gone(product)) return missing();
    const body = await readJsonObject(req.raw);
    const { reason, reasonCode } = body ?? {};
    if (body === undefined || (reason !== undefined && typeof reason !== 'string'))
      return leasewebError(400, 'bad body');
    if (!REASONS.some((one) => one.reasonCode === reasonCode)) return leasewebError(400, 'bad reasonCode');
    const isRepeat = product.cancellation !== null && options().repeatedCancellation === 'refused';
    if (!product.cancellable || isRepeat) return leasewebError(400, 'not now');
    state.cancel(product, `${String(reasonCode)}: ${reason ?? ''}`);
    return new Response(null, { status: 204 });
  });
  app.post('/services/v1/services/:id/uncancel', ({ req }) => {
    const product = state.product(req.param('id'));
    if (product === undefined || gone(product)) return missing();
    if (product.cancellation === null || product.ended) return leasewebError(400, 'nothing to restore');
    product.cancellation = null;
    return new Response(null, { status: 204 });
  });

  app.get('/publicCloud/v1/instances/:id', ({ req }) => {
    const instance = state.instance(req.param('id'));
    return instance === undefined || gone(instance) ? missing() : json(200, instanceJson(instance, clock, options()));
  });
  app.delete('/publicCloud/v1/instances/:id', ({ req }) => {
    const instance = state.instance(req.param('id'));
    if (instance === undefined || gone(instance)) return missing();
    const isRepeat = instance.cancellation !== null && options().repeatedCancellation === 'refused';
    if (isRepeat || instance.ended) return leasewebError(400, 'not now');
    state.cancel(instance, undefined);
    return new Response(null, { status: 200 });
  });
  app.post('/publicCloud/v1/instances/:id/cancelTermination', ({ req }) => {
    const instance = state.instance(req.param('id'));
    if (instance === undefined || gone(instance)) return missing();
    const isPending = instance.cancellation !== null && !instance.ended;
    if (!isPending || instance.contractType === 'HOURLY') return leasewebError(400, 'nothing to restore');
    instance.cancellation = null;
    return new Response(null, { status: 204 });
  });

  app.notFound(() => leasewebError(404, 'nothing is served here'));
  return (request) => app.fetch(request);
}

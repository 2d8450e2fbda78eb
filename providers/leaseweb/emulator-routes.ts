import { type Context, Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { routesAbout } from '../../src/sandbox/kit/routes.ts';
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

  app.use(async ({ req }, next) => {
    if (req.header('x-lsw-auth') !== key) return leasewebError(401, 'who are you?');
    const isAction = /\/(?:uncancel|cancelTermination)$/.test(req.path) || req.method === 'DELETE';
    // These describe no body.
    if (isAction && req.header('content-type') !== undefined) return leasewebError(415, 'no content is expected');
    return next();
  });

  const routesFor = <Thing extends { readonly ended: boolean }>(find: (id: string) => Thing | undefined) =>
    routesAbout(
      app,
      ({ req }) => {
        const thing = find(req.param('id') ?? '');
        return thing === undefined || gone(thing) ? undefined : thing;
      },
      () => leasewebError(404, 'nothing has this id'),
    );
  const onProduct = routesFor(state.product);
  const onInstance = routesFor(state.instance);

  /** A page as `limit` and `offset` ask for it. */
  const page = <Thing extends { readonly ended: boolean }>(things: readonly Thing[], { req }: Context) => {
    const all = things.filter((thing) => !gone(thing));
    const [limit, offset] = [Number(req.query('limit') ?? 10), Number(req.query('offset') ?? 0)];
    return { shown: all.slice(offset, offset + limit), counts: { limit, offset, totalCount: all.length } };
  };
  app.get('/services/v1/services', (context) => {
    const products = [...state.things.values()].filter((thing) => thing.kind === 'service');
    const { shown, counts } = page(products, context);
    return json(200, { services: shown.map((product) => productJson(product, options())), metadata: counts });
  });
  app.get('/publicCloud/v1/instances', (context) => {
    const instances = [...state.things.values()].filter((thing) => thing.kind === 'instance');
    const { shown, counts } = page(instances, context);
    return json(200, { instances: shown.map((one) => instanceJson(one, clock, options())), _metadata: counts });
  });
  app.get('/services/v1/services/cancellationReasons', () => json(200, { cancellationReasons: REASONS }));
  onProduct('GET', '/services/v1/services/:id', (product) => json(200, productJson(product, options())));
  onProduct('POST', '/services/v1/services/:id/cancel', async (product, { req }) => {
    const body = await readJsonObject(req.raw);
    const { reason, reasonCode } = body ?? {};
    if (body === undefined || (reason !== undefined && typeof reason !== 'string')) {
      return leasewebError(400, 'bad body');
    }
    if (!REASONS.some((one) => one.reasonCode === reasonCode)) return leasewebError(400, 'bad reasonCode');
    const isRepeat = product.cancellation !== null && options().repeatedCancellation === 'refused';
    if (!product.cancellable || isRepeat) return leasewebError(400, 'not now');
    state.cancel(product, `${String(reasonCode)}: ${reason ?? ''}`);
    return new Response(null, { status: 204 });
  });
  onProduct('POST', '/services/v1/services/:id/uncancel', (product) => {
    if (product.cancellation === null || product.ended) return leasewebError(400, 'nothing to restore');
    product.cancellation = null;
    return new Response(null, { status: 204 });
  });

  onInstance('GET', '/publicCloud/v1/instances/:id', (instance) => json(200, instanceJson(instance, clock, options())));
  onInstance('DELETE', '/publicCloud/v1/instances/:id', (instance) => {
    const isRepeat = instance.cancellation !== null && options().repeatedCancellation === 'refused';
    if (isRepeat || instance.ended) return leasewebError(400, 'not now');
    state.cancel(instance, undefined);
    return new Response(null, { status: 200 });
  });
  onInstance('POST', '/publicCloud/v1/instances/:id/cancelTermination', (instance) => {
    const isPending = instance.cancellation !== null && !instance.ended;
    if (!isPending || instance.contractType === 'HOURLY') return leasewebError(400, 'nothing to restore');
    instance.cancellation = null;
    return new Response(null, { status: 204 });
  });

  app.notFound(() => leasewebError(404, 'nothing is served here'));
  return (request) => app.fetch(request);
}

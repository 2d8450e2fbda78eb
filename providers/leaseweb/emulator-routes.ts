import { Hono } from 'hono';
import { addMonths } from '../../src/sandbox/kit/calendar.ts';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { LeasewebInstance, LeasewebProduct, LeasewebState } from './emulator-state.ts';

/** How the emulated Leaseweb answers where the documentation leaves it open. */
export interface LeasewebOptions {
  /** What a cancelled service shows: that it can be restored, or only a date at which it ends. Default `flag`. */
  readonly cancelledService: 'flag' | 'date_only';
  /** A second cancellation is an error, or takes the place of the first. Default `refused`. */
  readonly repeatedCancellation: 'refused' | 'replaced';
  /** What is over is a 404, or is still shown. Default `gone`. */
  readonly ended: 'gone' | 'shown';
  /** Whether `contract.endsAt` of a monthly instance is there before it is terminated. Default `always`. */
  readonly endsAt: 'always' | 'once_terminated';
}

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

/** An error in the API's form. */
export function leasewebError(status: number, errorMessage: string): Response {
  const correlationId = '5a11db0c-0000-4000-8000-00000000c0de';
  return json(status, { correlationId, errorCode: String(status), errorMessage });
}

function productJson(product: LeasewebProduct, { cancelledService }: Readonly<LeasewebOptions>): object {
  const { id, cancellation, cancellable, contractTermEnd, ended } = product;
  return {
    id,
    billingCycle: '1 MONTH',
    cancellable: cancellable && cancellation === null,
    uncancellable: cancellation !== null && !ended && cancelledService === 'flag',
    contractId: '00030110',
    contractTerm: '1 YEAR',
    contractTermEndDate: withOffset(contractTermEnd),
    currency: 'EUR',
    startDate: withOffset(addMonths(contractTermEnd, -12)),
    endDate: cancellation?.target === undefined ? null : withOffset(cancellation.target),
    equipmentId: '3000110',
    productId: 'DEDICATED_SERVER',
    reference: 'sandbox',
    status: ended ? 'ENDED' : 'ACTIVE',
  };
}

function instanceJson(instance: LeasewebInstance, clock: EmulatorClock, options: Readonly<LeasewebOptions>): object {
  const { id, cancellation, contractEnd, contractType: type, term, ended } = instance;
  const showsEnd = contractEnd !== undefined && (cancellation !== null || options.endsAt === 'always');
  const state = cancellation?.when === 'immediate' ? 'DESTROYING' : 'RUNNING';
  const renewalsAt = withOffset(contractEnd ?? addMonths(clock.now(), 1));
  const contract = {
    billingFrequency: 1,
    term,
    type,
    endsAt: showsEnd ? withOffset(contractEnd) : null,
    renewalsAt,
    createdAt: withOffset(clock.now()),
    state: cancellation === null ? 'ACTIVE' : 'DELETE_SCHEDULED',
  };
  const shown = { id, type: 'lsw.m3.large', region: 'eu-west-3', reference: 'sandbox', productType: 'INSTANCE' };
  return { ...shown, state: ended ? 'DESTROYED' : state, contract, ips: [], iso: null, privateNetwork: null };
}

/** `2027-01-31T00:00:00+00:00`, as the API writes instants. */
function withOffset(date: Date): string {
  return `${date.toISOString().slice(0, 19)}+00:00`;
}

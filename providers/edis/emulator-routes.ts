import { type Context, Hono } from 'hono';
import { json, readForm } from '../../src/sandbox/kit/bodies.ts';
import { edisBillingCycles, edisCatalogue, edisPaymentMethods } from './emulator-catalogue.ts';
import { parseEdisOrder } from './emulator-orders.ts';
import type { EdisState } from './emulator-state.ts';

/** How the emulated EDIS answers in cases that the facts leave open. */
export interface EdisOptions {
  /** The `clientid` of a successful cancellation. Default 4711. */
  readonly clientId: number | null;
  /** The `status` in the 200 of a cancellation; with `failed` nothing is stored. Default `success`. */
  readonly cancelAnswer: 'success' | 'failed';
  /** Whether the account's credit pays the invoice of an order that asks for it. Default `sufficient`. */
  readonly credit: 'sufficient' | 'insufficient';
}

/** The one client-area login of the emulated EDIS. */
export interface EdisLogin {
  readonly email: string;
  readonly password: string;
}

const types: ReadonlyMap<string | null, 'immediate' | 'end_of_period'> = new Map([
  ['Immediate', 'immediate'],
  ['End of Billing Period', 'end_of_period'],
]);

/** The HTTP side of the emulated EDIS ORDER API: `POST /kvm/v2/…`, form-encoded. */
export function createEdisRoutes(
  state: EdisState,
  options: () => Readonly<EdisOptions>,
  login: EdisLogin,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono().basePath('/kvm/v2');

  const call = (path: string, answer: (form: URLSearchParams) => Response): void => {
    app.post(path, async (context: Context) => {
      const form = await readForm(context.req.raw);
      if (form.get('email') !== login.email || form.get('pw') !== login.password) return wrongCredentials();
      return answer(form);
    });
    app.all(path, () => json(405, { status: 'error', message: 'Method not allowed.' }));
  };

  call('/cancel/product', (form) => cancelProduct(form, state, options()));
  call('/add/order', (form) => addOrder(form, state, options()));
  call('/get/paymentmethods', () => success({ paymentmethods: edisPaymentMethods }));
  call('/get/billingcycles', () => success({ billingcycles: Object.keys(edisBillingCycles) }));
  call('/get/locations', () => success({ locations: edisCatalogue.map(({ location }) => location) }));
  call('/get/products', () =>
    success({ products: edisCatalogue.map((product) => ({ ...product, stock: state.stock.get(product.pid) ?? 0 })) }),
  );
  return (request) => app.fetch(request);
}

/** The body of a failure inside EDIS; the `support` line is documented for orders. */
export function edisFailure(status: number): Response {
  return json(status, {
    status: 'error',
    message: status === 429 ? 'Too many requests.' : 'An internal error occurred.',
    support: 'Please contact support with the order details for assistance.',
  });
}

function cancelProduct(form: URLSearchParams, state: EdisState, options: Readonly<EdisOptions>): Response {
  const kvmId = form.get('kvmid');
  const id = kvmId === null || kvmId === '' ? form.get('serviceid') : kvmId;
  const when = types.get(form.get('type'));
  const complaints = [
    ...(id === null || id === '' ? ['service ID is required'] : []),
    ...(when === undefined ? ['cancellation type is invalid'] : []),
  ];
  if (complaints.length > 0 || id === null || when === undefined) return invalid(complaints);

  const service = id === kvmId ? state.byKvmId(id) : state.byServiceId(id);
  if (service === undefined) {
    return json(404, {
      status: 'error',
      message: 'The specified KVM ID or service ID does not exist.',
      hint: 'Please verify the provided KVM ID or service ID and try again.',
    });
  }
  if (service.cancellation !== null) {
    // Inferred: the words of WHMCS, which this API is a front for.
    return json(400, { status: 'error', message: 'Existing Cancellation Request Exists' });
  }
  if (options.cancelAnswer === 'success') state.cancel(service, when);
  return json(200, { status: options.cancelAnswer, serviceid: service.serviceId, clientid: options.clientId });
}

function addOrder(form: URLSearchParams, state: EdisState, { credit }: Readonly<EdisOptions>): Response {
  const order = parseEdisOrder(form.get('order'));
  if (!('items' in order)) {
    // Invented: the facts do not hold the page's text for orders.
    return json(400, { status: 'error', message: 'The order could not be processed.', errors: order });
  }

  const isPaid = order.applyCredit && credit === 'sufficient';
  const orderId = state.nextId();
  const wanted = new Map<number, number>();
  for (const { pid } of order.items) wanted.set(pid, (wanted.get(pid) ?? 0) + 1);
  for (const [pid, pieces] of wanted) {
    if ((state.stock.get(pid) ?? 0) < pieces) return json(200, { status: 'failed', orderid: orderId });
  }
  for (const [pid, pieces] of wanted) state.stock.set(pid, (state.stock.get(pid) ?? 0) - pieces);

  const services = order.items.map(({ pid, hostname }) =>
    state.add({
      orderId,
      productId: pid,
      hostname,
      billingCycle: order.billingCycle,
      status: isPaid ? 'active' : 'pending',
    }),
  );
  return success({
    orderid: orderId,
    serviceids: services.map(({ serviceId }) => serviceId).join(','),
    invoiceid: state.nextId(),
    invoicepaid: isPaid,
  });
}

function success(fields: Readonly<Record<string, unknown>>): Response {
  return json(200, { status: 'success', ...fields });
}

function invalid(errors: readonly string[]): Response {
  return json(400, { status: 'error', message: 'Invalid parameters or missing required fields.', errors });
}

function wrongCredentials(): Response {
  return json(401, {
    status: 'error',
    message: 'Invalid WHMCS credentials provided.',
    suggestion: 'Please check your credentials and try again.',
  });
}

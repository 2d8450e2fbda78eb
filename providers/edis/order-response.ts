import { refused, unclear, type ProviderResponse, type ActionVerdict } from '../../src/provider/index.ts';
import { commonRefusal, credentialsRefusal, readAnswer, saidIn, type EdisAnswer } from './answer.ts';
import type { EdisOrder } from './order.ts';

/** The result of an order. */
export type EdisOrderResult =
  | {
      readonly outcome: 'ordered';
      readonly orderId: string;
      /** The new services, each as `cancel` takes it. */
      readonly services: readonly { readonly serviceId: string }[];
      readonly invoiceId: string | undefined;
      readonly invoicePaid: boolean | undefined;
      readonly warnings: readonly EdisOrderWarning[];
    }
  | {
      /**
       * EDIS says that the order failed: the servers may not have been provisioned, for example because the location is
       * out of stock. The order itself may exist.
       */
      readonly outcome: 'not_provisioned';
      readonly orderId: string | undefined;
      /** What is known, and where to look before anything is ordered again. English. */
      readonly message: string;
    };

/** Something that the caller should know about an order that went through. */
export interface EdisOrderWarning {
  /** The account's credit was to pay the invoice, and did not. */
  readonly code: 'invoice_unpaid';
  /** For operators; English. */
  readonly message: string;
}

/** What a response to `add/order` means. */
export function fromOrderResponse(response: ProviderResponse, order: EdisOrder): ActionVerdict<EdisOrderResult> {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  const isOk = response.status >= 200 && response.status <= 299;
  if (isOk && answer.status === 'success') return fromSuccess(answer, order);
  const said = saidIn(answer);
  if (isOk && answer.status === 'failed' && said === '' && (answer.serviceids ?? '').trim() === '') {
    return { verdict: 'accepted', result: notProvisioned(idOf(answer.orderid)) };
  }
  const wrongCredentials = credentialsRefusal(answer);
  if (wrongCredentials !== undefined) return { ...wrongCredentials, providerMessage: said };
  if (response.status >= 500) {
    const message = 'the server failed while it handled the order. Ask EDIS whether it was placed.';
    return unclear('server_error', message, { providerMessage: said });
  }
  if (answer.status !== 'error' || isOk) {
    const message =
      'the response says neither success nor which error. Look in the client area whether it was ordered.';
    return unclear('provider_error', message, { providerMessage: said });
  }
  if (said === '') return { verdict: 'unrecognized' };
  const refusal = commonRefusal(response.status, said) ?? refused('rejected', `the order was refused: ${said}`);
  return { ...refusal, providerMessage: said };
}

function notProvisioned(orderId: string | undefined): EdisOrderResult {
  const order = orderId === undefined ? 'the newest order' : `order ${orderId}`;
  const message =
    'EDIS says that the order failed. The servers may not have been provisioned, for example because the location is ' +
    `out of stock, and an order may exist: look at ${order} and its invoice in the client area before ordering again.`;
  return { outcome: 'not_provisioned', orderId, message };
}

function fromSuccess(
  { orderid, serviceids, invoiceid, invoicepaid }: EdisAnswer,
  order: EdisOrder,
): ActionVerdict<EdisOrderResult> {
  const orderId = idOf(orderid);
  const ids = (serviceids ?? '').split(',').map(idOf);
  const services = ids.flatMap((serviceId) => (serviceId === undefined ? [] : [{ serviceId }]));
  const isOneEach = services.length === order.items.length && new Set(ids).size === ids.length;
  if (orderId === undefined || services.length !== ids.length || !isOneEach) {
    const message = 'the order was accepted, but its ids cannot be read. Look them up in the client area.';
    return unclear('unreadable_answer', message);
  }
  const result = {
    outcome: 'ordered',
    orderId,
    services,
    invoiceId: idOf(invoiceid),
    invoicePaid: invoicepaid,
    warnings: order.applyCredit === true && invoicepaid === false ? [UNPAID] : [],
  } as const;
  return { verdict: 'accepted', result };
}

const UNPAID: EdisOrderWarning = {
  code: 'invoice_unpaid',
  message:
    'The credit of the account was to pay the invoice, and EDIS says that it is not paid: the credit may not suffice, ' +
    'or a part of the order may be wrong. Look at the invoice in the client area.',
};

/** Numbers only: any other text may hold a secret, and the result of an order is returned unchanged. */
function idOf(text: string | undefined): string | undefined {
  return /^\s*([1-9]\d{0,15})\s*$/.exec(text ?? '')?.[1];
}

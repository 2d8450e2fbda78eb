import type { ActionVerdict, ProviderResponse } from '../../src/index.ts';
import type { EdisOrder } from './order.ts';
import { commonRefusal, readAnswer, saidIn, type EdisAnswer } from './answer.ts';

/** What an order came to. */
export type EdisOrderResult =
  | {
      readonly outcome: 'ordered';
      readonly orderId: string;
      /** The new services, each as `cancel` takes it. */
      readonly services: readonly { readonly serviceId: string }[];
      readonly invoiceId: string | undefined;
      readonly invoicePaid: boolean | undefined;
    }
  | {
      /** The location has none left. Nothing was ordered. */
      readonly outcome: 'out_of_stock';
      readonly orderId: string | undefined;
    };

/** What an answer to `add/order` means. */
export function fromOrderResponse(response: ProviderResponse, order: EdisOrder): ActionVerdict<EdisOrderResult> {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  const isOk = response.status >= 200 && response.status <= 299;
  if (isOk && answer.status === 'success') return fromSuccess(answer, order);
  const said = saidIn(answer);
  if (isOk && answer.status === 'failed' && said === '' && answer.serviceids === undefined) {
    return { verdict: 'accepted', result: { outcome: 'out_of_stock', orderId: idOf(answer.orderid) } };
  }
  if (response.status >= 500) {
    const message = 'the server failed while it handled the order. Ask EDIS whether it was placed.';
    return { verdict: 'unclear', reason: 'server_error', message, providerMessage: said };
  }
  if (answer.status !== 'error' || isOk) {
    const message = 'the answer says neither success nor which error. Look in the client area whether it was ordered.';
    return { verdict: 'unclear', reason: 'provider_error', message, providerMessage: said };
  }
  if (said === '') return { verdict: 'unrecognised' };
  const refusal = commonRefusal(response.status, said) ?? {
    code: 'rejected',
    message: `the order was refused: ${said}`,
  };
  return { verdict: 'refused', ...refusal, providerMessage: said };
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
    return { verdict: 'unclear', reason: 'unreadable_answer', message };
  }
  const result = {
    outcome: 'ordered',
    orderId,
    services,
    invoiceId: idOf(invoiceid),
    invoicePaid: invoicepaid,
  } as const;
  return { verdict: 'accepted', result };
}

/** Only what is a number: any other text may hold anything, and what an order returns goes out as it is. */
function idOf(text: string | undefined): string | undefined {
  return /^\s*([1-9]\d{0,15})\s*$/.exec(text ?? '')?.[1];
}

import type { ProviderAction } from '../../src/provider/index.ts';
import type { ResolvedEdisConfig } from './config.ts';
import { toOrderRequest } from './order-request.ts';
import { fromOrderResponse, type EdisOrderResult } from './order-response.ts';
import { edisOrderSchema, type EdisOrder } from './order.ts';

/** What an order sends, and what its response means. */
export const orderAction: ProviderAction<ResolvedEdisConfig, EdisOrder, EdisOrderResult> = {
  input: edisOrderSchema,
  secrets: (order) =>
    order.items.flatMap(({ sshPublicKey }) => (sshPublicKey === undefined ? [] : keysIn(sshPublicKey))),
  *run(order, config) {
    return fromOrderResponse(yield toOrderRequest(order, config), order);
  },
};

/** The whole line and the key alone, in case a response repeats only that. */
function keysIn(line: string): string[] {
  const key = line.split(' ')[1];
  return key === undefined ? [line] : [line, key];
}

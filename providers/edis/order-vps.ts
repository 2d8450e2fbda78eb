import {
  performAction,
  type Account,
  type ActionOptions,
  type Performed,
  type ProviderAction,
} from '../../src/provider/index.ts';
import type { ResolvedEdisConfig } from './config.ts';
import { edisDefinition } from './definition.ts';
import { edisOrderSchema, type EdisOrder } from './order.ts';
import { toOrderRequest } from './order-request.ts';
import { fromOrderResponse, type EdisOrderResult } from './order-response.ts';

/** Options of {@link orderVps}. */
export type OrderVpsOptions = ActionOptions;

/** What {@link orderVps} resolves to. */
export type OrderVpsResult = Performed<EdisOrderResult>;

const orderAction: ProviderAction<ResolvedEdisConfig, EdisOrder, EdisOrderResult> = {
  input: edisOrderSchema,
  secrets: (order) =>
    order.items.flatMap(({ sshPublicKey }) => (sshPublicKey === undefined ? [] : keysIn(sshPublicKey))),
  *run(order, config) {
    return fromOrderResponse(yield toOrderRequest(order, config), order);
  },
};

/**
 * Orders servers at EDIS (`add/order`). The services that come back can be passed to `cancel` unchanged.
 *
 * @param account made by `edis()`.
 * @throws ProviderError with any code. `outcome_unknown`: the order may have been placed; do not send it again.
 */
export function orderVps(
  account: Account<'edis'>,
  order: EdisOrder,
  options?: OrderVpsOptions,
): Promise<OrderVpsResult> {
  return performAction(edisDefinition, orderAction, account, order, options);
}

/** The whole line and the key alone, in case an answer repeats only that. */
function keysIn(line: string): string[] {
  const key = line.split(' ')[1];
  return key === undefined ? [line] : [line, key];
}

import type { Account, ActionOptions, Performed } from '../../src/provider/index.ts';
import { performLazyAction } from '../../src/provider/lazy.ts';
import type { edisDefinition } from './definition.ts';
import type { orderAction } from './order-action.ts';
import type { EdisOrderResult } from './order-response.ts';
import { edisOrderSchema, type EdisOrder } from './order.ts';

/** Options of {@link orderVps}. */
export type OrderVpsOptions = ActionOptions;

/** What {@link orderVps} resolves to. */
export type OrderVpsResult = Performed<EdisOrderResult>;

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
  return performLazyAction({ provider: 'edis', input: edisOrderSchema, load: loadOrder }, account, order, options);
}

async function loadOrder(): Promise<{ provider: typeof edisDefinition; action: typeof orderAction }> {
  const [{ edisDefinition: provider }, { orderAction: action }] = await Promise.all([
    import('./definition.ts'),
    import('./order-action.ts'),
  ]);
  return { provider, action };
}

import { runCancelkit, type CampaignPlan, type Tally } from './campaign.ts';
import { lateBy, randomOf, type Fault } from './fault.ts';

/**
 * Cancellations that are carried out 50 to 450 ms after their connection was lost, by a reset or by a timeout. The
 * provider is well otherwise, so that every read-back is answered, and often too early.
 */
export function runLateExecutions(plan: Omit<CampaignPlan, 'misbehaviour'>): Promise<Tally> {
  const faultOf = ({ effect, id }: { readonly effect: 'read' | 'write'; readonly id: string }): Fault => {
    if (effect === 'read') return { kind: 'none', executed: true };
    const random = randomOf(`${plan.seed} late ${id}`);
    const kind = randomOf(`${plan.seed} kind ${id}`) < 0.5 ? 'reset' : 'hang';
    return { kind, executed: lateBy(random) };
  };
  return runCancelkit({ ...plan, misbehaviour: { faultOf } });
}

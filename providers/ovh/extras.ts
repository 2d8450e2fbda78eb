import * as v from 'valibot';
import { onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, type StandardSchema } from '../../src/provider/index.ts';

const FUTURE_USES = [
  'NOT_REPLACING_SERVICE',
  'OTHER',
  'SUBSCRIBE_AN_OTHER_SERVICE',
  'SUBSCRIBE_OTHER_KIND_OF_SERVICE_WITH_COMPETITOR',
  'SUBSCRIBE_SIMILAR_SERVICE_WITH_COMPETITOR',
] as const;

/** What an immediate cancellation can carry besides the reason. */
export interface OvhExtras {
  /** What comes after the service. */
  readonly futureUse?: (typeof FUTURE_USES)[number] | undefined;
}

export const ovhExtrasSchema: StandardSchema<OvhExtras, OvhExtras> = constantMessages(
  onlyFields({ futureUse: v.optional(v.picklist(FUTURE_USES, `one of ${FUTURE_USES.join(', ')}`)) }),
);

import { constantMessages, type StandardSchema } from 'cancelkit/provider';
import * as v from 'valibot';

/** How a service is named at this provider. */
export interface Service {
  /** Id of the subscription, such as `sub_8f2k`. */
  readonly subscriptionId: string;
}

const subscriptionId = 'a subscription id, such as sub_8f2k';

/** Checks a service reference. */
export const serviceSchema: StandardSchema<Service> = constantMessages(
  v.strictObject(
    { subscriptionId: v.pipe(v.string(subscriptionId), v.regex(/^sub_[a-z0-9]{1,40}$/, subscriptionId)) },
    'an object with only subscriptionId',
  ),
);

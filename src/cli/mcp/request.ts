import { type ReasonCategory, REASON_LABELS } from '../../contract/reason.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { parseWhen, WHEN_WORDS } from '../../contract/when.ts';
import { namedService } from '../setup/named-service.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { ServiceReference } from '../setup/parse-service.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { choice, type Field, type Given, optional, text } from './inputs.ts';

/** The words of a service of an account: one id, or `key=value` pairs. */
export const SERVICE: { readonly account: Field<string>; readonly service: Field<string> } = {
  account: text('The name of an account, as the tool accounts lists it.', 100),
  service: text('The service as accounts shows it: its id, or key=value pairs separated by a blank.', 500),
};

const categories = Object.keys(REASON_LABELS).filter((name): name is ReasonCategory =>
  Object.hasOwn(REASON_LABELS, name),
);

/** The arguments that describe a cancellation. */
export const REQUEST: RequestFields = {
  ...SERVICE,
  when: text(`When it takes effect: ${WHEN_WORDS.join(', ')}, or a date such as 2026-12-31. There is no default.`, 20),
  category: optional(choice('Why it is cancelled.', categories)),
  reason: optional(text('The reason in words. It goes to the provider: nothing about the end customer.', 500)),
  reference: optional(text('Your own id of the order. It goes to the provider.', 128)),
};

type RequestFields = typeof SERVICE & {
  readonly when: Field<string>;
  readonly category: Field<ReasonCategory | undefined>;
  readonly reason: Field<string | undefined>;
  readonly reference: Field<string | undefined>;
};

/** The service that the arguments name. */
export async function serviceOf(
  { account, service }: Given<typeof SERVICE>,
  opened: OpenedServices,
): Promise<ServiceReference> {
  const words = service.split(/ +/).filter((word) => word !== '');
  return await namedService(account, words, opened);
}

/** A cancellation as the library takes it. */
export interface DescribedRequest {
  readonly account: string;
  readonly service: ServiceReference;
  readonly when: AnyWhen;
  readonly reason?: { readonly category?: ReasonCategory | undefined; readonly text?: string | undefined };
  readonly reference?: string;
}

/**
 * The cancellation that the arguments describe, checked as far as it can be without sending anything.
 *
 * @throws ProviderError
 */
export async function requestOf(given: Given<typeof REQUEST>, opened: OpenedServices): Promise<DescribedRequest> {
  const { account, category, reason, reference } = given;
  const when = parseWhen(given.when);
  if (when === undefined) {
    throw wrongUse(`when: expected one of ${WHEN_WORDS.join(', ')} or a date such as 2026-12-31. Nothing was done.`);
  }
  const request = {
    account,
    service: await serviceOf(given, opened),
    when,
    ...(category === undefined && reason === undefined ? {} : { reason: { category, text: reason } }),
    ...(reference === undefined ? {} : { reference }),
  };
  await opened.services.validate(request);
  return request;
}

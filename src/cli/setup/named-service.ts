import { issueTexts } from '../../call/issue-text.ts';
import { isProviderError } from '../../contract/provider-error.ts';
import { exampleOf } from '../../contract/when.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { accountNamed, formsOf, type OpenedServices } from './open-services.ts';
import { misread, parseService, writtenForms, type ServiceReference } from './parse-service.ts';

/**
 * The service that a command names, checked as far as it can be without sending anything.
 *
 * @throws ProviderError `unknown_account`, or `invalid_request` with the right form
 */
export async function namedService(
  name: string,
  words: readonly string[],
  opened: OpenedServices,
): Promise<ServiceReference> {
  const swapped = words.find((word) => Object.hasOwn(opened.accounts, word));
  if (!Object.hasOwn(opened.accounts, name) && swapped !== undefined)
    throw wrongUse(`the account comes before the service: ${swapped} SERVICE. Nothing was sent.`);
  const account = await accountNamed(name, opened);
  const forms = formsOf(account);
  const service = parseService(words, forms);
  const where = `A service of ${name} (${account.provider}) is written: ${writtenForms(forms).join('   or   ')}`;
  if (service === undefined) throw wrongUse(`${misread(words, forms)} ${where}`);
  const [when = 'end_of_period'] = account.capabilities.timings;
  try {
    await opened.services.validate({ account: name, service, when: exampleOf(when) });
  } catch (error) {
    if (!isProviderError(error, 'invalid_request')) throw error;
    throw wrongUse(`the service is not valid: ${issueTexts(error.issues ?? [])} ${where}`);
  }
  return service;
}

import type { CancelOrder, CancelVerdict, EffectiveAt, ProviderResponse, StatusVerdict } from '../../src/index.ts';
import { fromErrorAnswer, readAnswer, type Hosting } from './answer.ts';
import type { HostingService } from './service.ts';

/** What an answer to `DELETE /hosting/{id}` means. */
export function fromCancelResponse(response: ProviderResponse, order: CancelOrder<HostingService>): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  if (answer.status === 'error') {
    if (answer.errorCode !== 'not_active' || response.status >= 500) return fromErrorAnswer(response.status, answer);
    return {
      verdict: 'duplicate',
      ambiguous: true,
      message: 'the hosting is not active: it is cancelled already, or still being set up.',
      providerCode: answer.errorCode,
      providerMessage: answer.errorMessage ?? '',
    };
  }
  const { status, responseId, hosting } = answer;
  // Documented is a 202 with `pending` and the id of the job; nothing less is a promise that there is one.
  if (response.status !== 202 || status !== 'pending' || responseId === undefined || responseId === '') {
    return { verdict: 'unrecognised' };
  }
  const effectiveAt = order.when === 'end_of_period' ? serviceEnd(hosting) : undefined;
  return {
    verdict: 'accepted',
    outcome: 'requested',
    providerReference: responseId,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}

/** What an answer to `GET /hosting/{id}` says of the hosting's cancellation. */
export function fromHostingResponse(response: ProviderResponse, service: HostingService): StatusVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  if (answer.status === 'error') return fromErrorAnswer(response.status, answer);
  const { hosting } = answer;
  if (response.status !== 200 || hosting?.identifier !== service.hostingId) return { verdict: 'unrecognised' };
  const found = (status: Omit<Extract<StatusVerdict, { verdict: 'found' }>['status'], 'raw'>): StatusVerdict => ({
    verdict: 'found',
    status: { ...status, raw: hosting },
  });
  const serviceStatus = hosting.serviceStatus?.toLowerCase() ?? '';
  // A job under way can be the very cancellation that is looked for.
  if ((hosting.openJobCount ?? 0) > 0) return found({ state: 'unknown', revocable: false });
  if (NOT_CANCELLED.has(serviceStatus)) return found({ state: 'none', revocable: false });
  // The value after a cancellation is not documented: a word that says it is taken as that, any other as not known.
  if (!/cancel|terminat|ending|quarantine/.test(serviceStatus)) return found({ state: 'unknown', revocable: false });
  const effectiveAt = serviceEnd(hosting);
  return found({ state: 'requested', revocable: true, ...(effectiveAt === undefined ? {} : { effectiveAt }) });
}

const NOT_CANCELLED: ReadonlySet<string> = new Set(['active', 'adopting']);

function serviceEnd(hosting: Hosting | undefined): EffectiveAt | undefined {
  const value = hosting?.nextServiceRenewalDate;
  if (value === undefined || !/^[1-9]\d{3}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value)))
    return undefined;
  return { value, precision: 'date', source: 'provider' };
}

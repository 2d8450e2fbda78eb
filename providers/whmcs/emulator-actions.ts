import { dateAndTime, dateOnly } from '../../src/sandbox/calendar.ts';
import { idOf, listOf } from './emulator-answers.ts';
import type { WhmcsFields, WhmcsShapes } from './emulator-answers.ts';
import type { WhmcsService, WhmcsState } from './emulator-state.ts';

/** What an action works with. */
export interface WhmcsCall {
  readonly form: URLSearchParams;
  readonly state: WhmcsState;
  readonly shapes: WhmcsShapes;
  /** Whether requests stay in `GetCancelledPackages` after they were carried out. */
  readonly listsCompletedRequests: boolean;
}

/** The emulated actions, by name in lower case: WHMCS does not mind the case. */
export const whmcsActions: ReadonlyMap<string, (call: WhmcsCall) => WhmcsFields> = new Map([
  ['addcancelrequest', addCancelRequest],
  ['getcancelledpackages', getCancelledPackages],
  ['getclientsproducts', getClientsProducts],
]);

function addCancelRequest({ form, state, shapes }: WhmcsCall): WhmcsFields {
  const service = state.find(form.get('serviceid'));
  if (service === undefined) return { result: 'error', message: 'Service ID Not Found' };
  if ([...state.requests.values()].some(({ serviceId }) => serviceId === service.serviceId)) {
    return { result: 'error', message: 'Existing Cancellation Request Exists' };
  }
  // It is optional; what it then is is not documented, and the later of the two does the least harm.
  const type = form.get('type') || 'End of Billing Period';
  if (type !== 'Immediate' && type !== 'End of Billing Period') {
    return { result: 'error', message: 'Invalid Cancellation Type' };
  }
  state.requestCancellation(service, type === 'Immediate' ? 'immediate' : 'end_of_period', form.get('reason') ?? '');
  return { result: 'success', serviceid: idOf(service.serviceId, shapes), userid: idOf(service.clientId, shapes) };
}

function getCancelledPackages({ form, state, shapes, listsCompletedRequests }: WhmcsCall): WhmcsFields {
  const listed = [...state.requests.values()].filter(
    ({ serviceId }) => listsCompletedRequests || state.services.get(serviceId)?.status !== 'Cancelled',
  );
  const items = listed.map(({ requestId, serviceId, type, reason, date }) => ({
    id: idOf(requestId, shapes),
    date: dateAndTime(date),
    relid: idOf(serviceId, shapes),
    reason: escapeHtml(reason),
    type,
    created_at: dateAndTime(date),
    updated_at: '0000-00-00 00:00:00',
  }));
  return page(form, 'packages', 'package', items, shapes);
}

function getClientsProducts({ form, state, shapes }: WhmcsCall): WhmcsFields {
  const serviceId = form.get('serviceid');
  const clientId = form.get('clientid');
  const items = [...state.services.values()]
    .filter((service) => serviceId === null || state.find(serviceId) === service)
    .filter((service) => clientId === null || clientId === String(service.clientId))
    .map((service) => product(service, shapes));
  return page(form, 'products', 'product', items, shapes);
}

/** The service's password is part of it, as in the real answer. */
function product(service: WhmcsService, shapes: WhmcsShapes): WhmcsFields {
  return {
    id: idOf(service.serviceId, shapes),
    clientid: idOf(service.clientId, shapes),
    pid: idOf(1, shapes),
    name: 'Starter',
    groupname: 'Shared Hosting',
    domain: service.domain,
    billingcycle: service.nextDueDate === null ? 'Free Account' : 'Monthly',
    nextduedate: service.nextDueDate === null ? '0000-00-00' : dateOnly(service.nextDueDate),
    status: service.status,
    username: `user${service.serviceId}`,
    password: service.password,
  };
}

function page(
  form: URLSearchParams,
  outer: string,
  inner: string,
  items: readonly WhmcsFields[],
  shapes: WhmcsShapes,
): WhmcsFields {
  const start = wholeNumber(form.get('limitstart'), 0);
  const size = wholeNumber(form.get('limitnum'), 25);
  const shown = items.slice(start, start + size);
  return {
    result: 'success',
    totalresults: idOf(items.length, shapes),
    startnumber: idOf(start, shapes),
    numreturned: shown.length,
    ...listOf(outer, inner, shown, shapes),
  };
}

/** WHMCS answers with texts as it shows them on a page. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;');
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^[0-9]{1,9}$/.test(text) ? Number(text) : otherwise;
}

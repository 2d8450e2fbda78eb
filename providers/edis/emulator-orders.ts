import { isObject, parseJsonObject } from '../../src/sandbox/bodies.ts';
import { edisCatalogue, edisPaymentMethods, isEdisBillingCycle } from './emulator-catalogue.ts';
import type { EdisBillingCycle } from './emulator-catalogue.ts';

/** An order that passed the checks. */
export interface EdisOrder {
  readonly billingCycle: EdisBillingCycle;
  /** Whether the invoice is paid from the account's credit. */
  readonly applyCredit: boolean;
  readonly items: readonly { readonly pid: number; readonly hostname: string }[];
}

const extras = [
  'additional_ram',
  'additional_vcpu',
  'additional_ip',
  'additional_diskboost',
  // In the second item of the page's example.
  'additional_driveboost',
];

/** Reads the `order` field of `add/order`, a JSON text; a list of complaints when it is not in order. */
export function parseEdisOrder(text: string | null): EdisOrder | readonly string[] {
  if (text === null || text === '') return ['order is required'];
  const order = parseJsonObject(text);
  if (order === undefined) return ['invalid JSON structure'];

  const complaints: string[] = [];
  const { billingcycle, paymentmethod, applycredit, item } = order;
  if (billingcycle === undefined || billingcycle === '') complaints.push('billingcycle is required');
  else if (!isEdisBillingCycle(billingcycle)) complaints.push('billingcycle is invalid');
  if (paymentmethod === undefined || paymentmethod === '') complaints.push('paymentmethod is required');
  else if (!edisPaymentMethods.some((method) => method === paymentmethod)) complaints.push('paymentmethod is invalid');
  if (applycredit !== undefined && typeof applycredit !== 'boolean') complaints.push('applycredit is invalid');

  const items: { pid: number; hostname: string }[] = [];
  if (!Array.isArray(item) || item.length === 0) complaints.push('item is required');
  else for (const entry of item) parseItem(entry, items, complaints);

  if (complaints.length > 0 || !isEdisBillingCycle(billingcycle)) return complaints;
  return { billingCycle: billingcycle, applyCredit: applycredit === true, items };
}

function parseItem(entry: unknown, items: { pid: number; hostname: string }[], complaints: string[]): void {
  if (!isObject(entry)) return void complaints.push('item is invalid');
  const product = edisCatalogue.find(({ pid }) => pid === entry['pid']);
  if (product === undefined) complaints.push('pid is invalid');
  if (typeof entry['os'] !== 'number') complaints.push('os is required');
  const hostname = entry['hostname'];
  if (typeof hostname !== 'string' || hostname === '') return void complaints.push('hostname is required');
  for (const extra of extras) {
    const value = entry[extra];
    if (value !== undefined && value !== '' && typeof value !== 'number') complaints.push(`${extra} is invalid`);
  }
  if (product !== undefined) items.push({ pid: product.pid, hostname });
}

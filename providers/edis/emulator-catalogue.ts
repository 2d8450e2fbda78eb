/** A billing cycle of the emulated EDIS. */
export type EdisBillingCycle = 'monthly' | 'quarterly' | 'semi-annually' | 'annually' | 'yearly';

/** The billing cycles of the emulated EDIS, with their length in months. */
export const edisBillingCycles: Readonly<Record<EdisBillingCycle, number>> = {
  monthly: 1,
  quarterly: 3,
  'semi-annually': 6,
  annually: 12,
  // The page of the order gives this as an example, the page of the upgrade lists the others.
  yearly: 12,
};

/** The payment methods of the emulated EDIS. */
export const edisPaymentMethods: readonly string[] = ['paypal', 'stripe', 'banktransfer'];

/** The products of the emulated EDIS; 1814 is the id in the provider's own example of an order. */
export const edisCatalogue: readonly EdisProduct[] = [
  { pid: 1814, name: 'KVM Basic', location: 'VIE' },
  { pid: 1815, name: 'KVM Basic', location: 'ZRH' },
  { pid: 1816, name: 'KVM Pro', location: 'REY' },
];

/** A product that can be ordered; each location has its own. */
export interface EdisProduct {
  readonly pid: number;
  readonly name: string;
  readonly location: string;
}

/** Whether the name is a billing cycle. */
export function isEdisBillingCycle(name: unknown): name is EdisBillingCycle {
  return typeof name === 'string' && Object.hasOwn(edisBillingCycles, name);
}

/** Why a service is cancelled, in categories that every provider's field can carry as text. */
export type ReasonCategory =
  | 'no_longer_needed'
  | 'too_expensive'
  | 'switching_provider'
  | 'replaced_or_upgraded'
  | 'performance'
  | 'reliability'
  | 'support'
  | 'missing_features'
  | 'too_complex'
  | 'customer_cancelled'
  | 'non_payment'
  | 'business_closing'
  | 'trial_ended'
  | 'other';

/** A reason in a provider's own list. */
export interface ReasonCode {
  readonly code: string;
  /** The provider's words for it. */
  readonly label: string;
  /** The categories that are sent as this code. Left out: none. */
  readonly categories?: readonly ReasonCategory[];
}

/** A reason in parts. `text` wins over the category's English label; `providerCode` is for a provider's code list. */
export interface ReasonDetails {
  readonly category?: ReasonCategory | undefined;
  readonly text?: string | undefined;
  readonly providerCode?: string | undefined;
}

/** Why a service is cancelled: a text, or its parts. */
export type Reason = string | ReasonDetails;

/** The English label of each category, as it is sent to a provider. */
export const REASON_LABELS: { readonly [Category in ReasonCategory]: string } = {
  no_longer_needed: 'No longer needed',
  too_expensive: 'Too expensive',
  switching_provider: 'Switching to another provider',
  replaced_or_upgraded: 'Replaced or upgraded',
  performance: 'Performance',
  reliability: 'Reliability',
  support: 'Support',
  missing_features: 'Missing features',
  too_complex: 'Too complex',
  customer_cancelled: 'Cancelled by the customer',
  non_payment: 'Non-payment',
  business_closing: 'Business is closing',
  trial_ended: 'Trial ended',
  other: 'Other reason',
};

import type { ReasonCode } from '../../src/provider/index.ts';

/** The API's reasons, which a confirmation carries [D]. */
export const ovhReasons: readonly ReasonCode[] = [
  {
    code: 'NOT_NEEDED_ANYMORE',
    label: 'Not needed any more',
    categories: ['no_longer_needed', 'customer_cancelled', 'business_closing', 'trial_ended'],
  },
  { code: 'TOO_EXPENSIVE', label: 'Too expensive', categories: ['too_expensive'] },
  { code: 'MIGRATED_TO_COMPETITOR', label: 'Migrated to a competitor', categories: ['switching_provider'] },
  {
    code: 'MIGRATED_TO_ANOTHER_OVH_PRODUCT',
    label: 'Migrated to another product of OVHcloud',
    categories: ['replaced_or_upgraded'],
  },
  { code: 'LACK_OF_PERFORMANCES', label: 'Lack of performance', categories: ['performance'] },
  { code: 'NOT_RELIABLE', label: 'Not reliable', categories: ['reliability'] },
  // Spelled as the API spells it.
  { code: 'UNSATIFIED_BY_CUSTOMER_SUPPORT', label: 'Not satisfied with the support', categories: ['support'] },
  { code: 'FEATURES_DONT_SUIT_ME', label: 'The features do not suit', categories: ['missing_features'] },
  { code: 'TOO_HARD_TO_USE', label: 'Too hard to use', categories: ['too_complex'] },
  { code: 'OTHER', label: 'Another reason', categories: ['other'] },
  { code: 'PRODUCT_DIMENSION_DONT_SUIT_ME', label: 'The size of the product does not suit' },
  { code: 'PRODUCT_TOOLS_DONT_SUIT_ME', label: 'The tools of the product do not suit' },
  { code: 'NOT_ENOUGH_RECOGNITION', label: 'Not enough recognition' },
  { code: 'NO_ANSWER', label: 'No answer' },
];

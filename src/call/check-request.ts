import * as v from 'valibot';
import { REASON_LABELS, type Reason, type ReasonCategory } from '../contract/reason.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { type When, WHENS } from '../contract/vocabulary.ts';
import { only } from './issue-text.ts';

/** A request's parts, checked; the service not yet. */
export interface CheckedCancelRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: When;
  readonly reason: Reason | undefined;
  readonly reference: string | undefined;
}

/** A read-back's parts, checked; the service not yet. */
export interface CheckedStatusRequest extends CheckedRevokeRequest {
  readonly providerReference: string | undefined;
}

/** an undo's parts, checked; the service not yet. */
export type CheckedRevokeRequest = Pick<CheckedCancelRequest, 'account' | 'service'>;

const account = v.string('the name of an account');

const service = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'an object with the ids of the service',
  ),
  v.transform((value) => ({ ...value })),
);

const when = v.picklist(WHENS, "'immediate' or 'end_of_period'");

const reference = v.pipe(
  v.string('a text of 1 to 128 characters'),
  v.minLength(1, 'a text of 1 to 128 characters'),
  v.maxLength(128, 'a text of 1 to 128 characters'),
  v.regex(/^\P{Cc}*$/u, 'a text without control characters'),
  v.check((text) => text.isWellFormed(), 'well-formed text'),
);

const providerReference = v.pipe(
  v.string('the providerReference of an earlier result'),
  v.regex(/^[\x21-\x7e]{1,256}$/, 'the providerReference of an earlier result'),
);

const categories = v.picklist(categoryNames(), `one of the categories ${categoryNames().join(', ')}`);

const expectedReason = 'a text, or an object with category, text or providerCode';

const reasonDetails = v.strictObject(
  {
    category: v.optional(categories),
    text: v.optional(v.string('a text')),
    providerCode: v.optional(v.string('a text')),
  },
  only('category', 'text', 'providerCode'),
);

// Not a union: that would say nothing of what is wrong inside the object.
const reason = v.lazy((input) =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? reasonDetails : v.string(expectedReason),
);

const objectMessage = ({ expected }: { readonly expected: string | null }): string =>
  expected === '"when"' ? "'immediate' or 'end_of_period'" : only('account', 'service', 'when', 'reason', 'reference');

const statusMessage = only('account', 'service', 'providerReference');

const revokeMessage = only('account', 'service');

const cancelSchema = v.strictObject(
  { account, service, when, reason: v.optional(reason), reference: v.optional(reference) },
  objectMessage,
);

/** Checks a cancellation that was built at run time just as strictly as the types do. */
export const cancelRequestSchema: StandardSchema<unknown, CheckedCancelRequest> = v.pipe(
  v.unknown(),
  cancelSchema,
  v.transform((request) => ({ ...request, reason: request.reason, reference: request.reference })),
);

/** The same for a read-back. */
export const statusRequestSchema: StandardSchema<unknown, CheckedStatusRequest> = v.pipe(
  v.unknown(),
  v.strictObject({ account, service, providerReference: v.optional(providerReference) }, statusMessage),
  v.transform((request) => ({ ...request, providerReference: request.providerReference })),
);

/** The same for an undo. */
export const revokeRequestSchema: StandardSchema<unknown, CheckedRevokeRequest> = v.pipe(
  v.unknown(),
  v.strictObject({ account, service }, revokeMessage),
);

function categoryNames(): ReasonCategory[] {
  return Object.keys(REASON_LABELS).filter((name): name is ReasonCategory => Object.hasOwn(REASON_LABELS, name));
}

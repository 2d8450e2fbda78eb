import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  readBody,
  stateUntil,
  type AbsentVerdict,
  type CancellationStatus,
  type EffectiveAt,
  type NoVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';
import { fromErrorResponse } from './answer.ts';
import type { LeasewebTiming } from './request.ts';
import type { ResolvedLeasewebService } from './service.ts';

/** What the API says of the contract of a service or an instance. */
export interface ReadContract {
  /** The one timing that a cancellation of it has. */
  readonly timing: LeasewebTiming;
  /** When the contract ends if it is cancelled, as far as the API shows. */
  readonly end: EffectiveAt | undefined;
  /** Whether a cancellation can be sent. */
  readonly isOpen: boolean;
  readonly status: CancellationStatus;
}

/** What a response to `GET /services/{id}` or `GET /instances/{instanceId}` says. */
export function readContract(
  response: ProviderResponse,
  service: ResolvedLeasewebService,
): ReadContract | AbsentVerdict | NoVerdict {
  if (response.status !== 200) return fromErrorResponse(response);
  const read =
    'instanceId' in service ? readInstance(response, service.instanceId) : readProduct(response, service.serviceId);
  return read ?? { verdict: 'unrecognized' };
}

const number = v.fallback(v.optional(v.number()), undefined);

const productSchema = v.object({
  id: shownId,
  cancellable: v.boolean(),
  uncancellable: v.fallback(v.optional(v.boolean()), undefined),
  contractTermEndDate: text,
  endDate: v.optional(v.unknown()),
  status: text,
});

function readProduct(response: ProviderResponse, serviceId: string): ReadContract | undefined {
  const read = readBody(response, productSchema);
  if (read?.id !== serviceId) return undefined;
  const isOpen = read.cancellable && read.uncancellable !== true;
  const end = effectiveAt(read.contractTermEndDate);
  const { id: _, ...raw } = read;
  return { timing: 'end_of_term', end, isOpen, status: { ...productStatus(read), raw } };
}

/** What an entry of the list of services says of its cancellation; `undefined` if it cannot be read. */
export function shownProductStatus(entry: unknown): Omit<CancellationStatus, 'raw'> | undefined {
  const parsed = v.safeParse(productSchema, entry);
  return parsed.success ? productStatus(parsed.output) : undefined;
}

/** The same for an instance. */
export function shownInstanceStatus(entry: unknown): Omit<CancellationStatus, 'raw'> | undefined {
  const parsed = v.safeParse(instanceSchema, entry);
  return parsed.success ? readInstanceContract(parsed.output)?.status : undefined;
}

/** The API has no field that says "cancelled": that it can be undone says so. A date alone says nothing. */
function productStatus({
  cancellable,
  uncancellable,
  endDate,
  contractTermEndDate,
  status,
}: v.InferOutput<typeof productSchema>): Omit<CancellationStatus, 'raw'> {
  if (uncancellable === true && !cancellable) {
    const shown = typeof endDate === 'string' ? effectiveAt(endDate) : undefined;
    const isTerm = shown !== undefined && dayOf(endDate) === dayOf(contractTermEndDate);
    const when = isTerm ? ('end_of_term' as const) : undefined;
    return { ...stateUntil(shown), ...defined({ when }), revocable: true };
  }
  const isNone = cancellable && uncancellable !== true && (endDate ?? null) === null && status === 'ACTIVE';
  return { state: isNone ? 'none' : 'unknown', revocable: false };
}

/** The day as the API writes it, with or without a time of day. */
function dayOf(date: unknown): string | undefined {
  return typeof date === 'string' ? date.slice(0, 10) : undefined;
}

const contractSchema = v.object({
  type: v.picklist(['HOURLY', 'MONTHLY']),
  state: v.string(),
  endsAt: text,
  term: number,
  billingFrequency: number,
});
const instanceSchema = v.object({ id: v.pipe(v.string(), v.toLowerCase()), state: text, contract: contractSchema });

type InstanceContract = v.InferOutput<typeof contractSchema>;

function readInstance(response: ProviderResponse, instanceId: string): ReadContract | undefined {
  const read = readBody(response, instanceSchema);
  return read?.id === instanceId ? readInstanceContract(read) : undefined;
}

function readInstanceContract({ state, contract }: v.InferOutput<typeof instanceSchema>): ReadContract | undefined {
  const timing = timingOf(contract);
  if (timing === undefined) return undefined;
  const end = contract.type === 'MONTHLY' ? effectiveAt(contract.endsAt) : undefined;
  const status = { ...instanceStatus(state, contract, timing, end), raw: { state, contract } };
  return { timing, end, isOpen: status.state === 'none', status };
}

/** A commitment that is longer than what is paid for at a time ends with its term. */
function timingOf({ type, term, billingFrequency }: InstanceContract): LeasewebTiming | undefined {
  if (type === 'HOURLY') return 'immediate';
  if (term === undefined || billingFrequency === undefined) return undefined;
  return term > billingFrequency ? 'end_of_term' : 'end_of_period';
}

function instanceStatus(
  state: string | undefined,
  contract: InstanceContract,
  when: LeasewebTiming,
  end: EffectiveAt | undefined,
): Omit<CancellationStatus, 'raw'> {
  if (state === 'DESTROYED') return { state: 'completed', revocable: false };
  if (state === 'DESTROYING') return { state: 'requested', when, revocable: false };
  if (contract.state === 'ACTIVE') return { state: 'none', revocable: false };
  if (contract.state !== 'DELETE_SCHEDULED') return { state: 'unknown', revocable: false };
  return { ...stateUntil(end), when, revocable: contract.type === 'MONTHLY' };
}

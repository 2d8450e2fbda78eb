import type { Exchange, ProviderRequest, ProviderResponse } from '../contract/exchange.ts';
import type { ListedService, ListedVerdict } from '../contract/find.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type {
  AbsentVerdict,
  AcceptedVerdict,
  CredentialsVerdict,
  NoVerdict,
  OfferedVerdict,
  OptionsVerdict,
  StatusVerdict,
} from '../contract/verdict.ts';
import type {
  CancellationOptions,
  CancellationStatus,
  EffectiveAt,
  OfferedTiming,
  Timing,
  Warning,
} from '../contract/vocabulary.ts';
import { notAbsent } from './refusal.ts';

/**
 * Returns the JSON body of a response as a schema reads it; `undefined` if the body is not JSON or does not match.
 *
 * @throws TypeError if the schema is asynchronous.
 */
export function readBody<Output>(
  { body }: Pick<ProviderResponse, 'body'>,
  schema: StandardSchema<unknown, Output>,
): Output | undefined {
  if (body.kind !== 'json') return undefined;
  const result = schema['~standard'].validate(body.value);
  if (result instanceof Promise) throw new TypeError('readBody: the schema must be synchronous');
  return result.issues === undefined ? result.value : undefined;
}

/**
 * Returns the verdict for a page of a list.
 *
 * @param read turns an entry into a service, or returns `undefined` for an unreadable one, which is counted.
 * @param next the cursor of the next page. `undefined`: this was the last one.
 */
export function listedPage<Entry, Service>(
  entries: readonly Entry[],
  read: (entry: Entry) => ListedService<Service> | undefined,
  next?: string,
): ListedVerdict<Service> {
  const services = entries.flatMap((entry) => read(entry) ?? []);
  return {
    verdict: 'listed',
    services,
    unreadable: entries.length - services.length,
    ...(next === undefined ? {} : { next }),
  };
}

/** The fields that have a value, for a type whose optional fields may be left out but not be `undefined`. */
export function defined<Fields extends object>(
  fields: Fields,
): { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line no-unsafe-type-assertion -- the compiler does not follow the filter
  return Object.fromEntries(entries) as { readonly [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };
}

/** What an adapter has read of a service: its cancellation, and everything else that decides what may be ordered. */
export interface ReadState {
  readonly status: CancellationStatus;
}

/**
 * The operations `status` and `options` of an adapter that reads a service in one way for both.
 *
 * @param toOptions what may be ordered for the service that was read.
 */
export function reading<Service, Config, Read extends ReadState, T extends Timing>(
  read: (service: Service, config: Config) => Exchange<Read | AbsentVerdict | NoVerdict>,
  toOptions: (read: Read) => OptionsVerdict<T>,
): {
  readonly status: (service: Service, config: Config) => Exchange<StatusVerdict>;
  readonly options: (service: Service, config: Config) => Exchange<OptionsVerdict<T>>;
} {
  return {
    *status(service, config) {
      const state = yield* read(service, config);
      return isVerdict(state) ? state : { verdict: 'found', status: state.status };
    },
    *options(service, config) {
      const state = yield* read(service, config);
      return isVerdict(state) ? state : toOptions(state);
    },
  };
}

/**
 * The verdict on what may be asked of a service as it was read. Unless the service has no cancellation for certain, its
 * status is the existing one.
 *
 * @param demands what else the service shows.
 */
export function offered<T extends Timing>(
  { status }: ReadState,
  timings: readonly OfferedTiming<T>[],
  demands: { readonly [Name in 'reasons' | 'requiredExtras']?: CancellationOptions[Name] | undefined } = {},
): OfferedVerdict<T> {
  const existing = status.state === 'none' ? undefined : status;
  return { verdict: 'offered', options: { timings, ...defined({ ...demands, existing }), raw: status.raw } };
}

/** The state of a cancellation that is to come: `scheduled` if the provider states its date, `requested` if not. */
export function stateUntil(
  effectiveAt: EffectiveAt | undefined,
): Pick<CancellationStatus, 'effectiveAt'> & { readonly state: 'scheduled' | 'requested' } {
  return effectiveAt === undefined ? { state: 'requested' } : { state: 'scheduled', effectiveAt };
}

/** The verdict that the provider said yes: `scheduled` if the response states the date, `requested` if not. */
export function accepted(effectiveAt: EffectiveAt | undefined, warnings: readonly Warning[] = []): AcceptedVerdict {
  const { state: outcome, ...date } = stateUntil(effectiveAt);
  return { verdict: 'accepted', outcome, ...date, warnings };
}

/**
 * The check of credentials by one read that changes nothing and needs no service.
 *
 * @param read returns what it finds in the response to valid credentials, and `undefined` for any other response.
 */
export function checkedBy(
  request: ProviderRequest,
  read: (response: ProviderResponse) => unknown,
  fromErrorResponse: (response: ProviderResponse) => NoVerdict | AbsentVerdict,
): () => Exchange<CredentialsVerdict> {
  return function* run() {
    const response = yield request;
    return read(response) !== undefined ? { verdict: 'accepted' } : notAbsent(fromErrorResponse(response));
  };
}

/** Whether a read ended with a verdict: the service is not there, or the response does not show it. */
function isVerdict(read: ReadState | AbsentVerdict | NoVerdict): read is AbsentVerdict | NoVerdict {
  return 'verdict' in read;
}

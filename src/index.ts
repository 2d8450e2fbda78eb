export type { Account, Accounts, ConfigSource } from './account.ts';
export type { CancelManyItem } from './cancel-many.ts';
export type {
  AccountKey,
  AccountKeyWith,
  CancelDetails,
  CancelRequest,
  OperationOf,
  ProviderOf,
  ServiceOf,
  TimingOf,
} from './cancel-request.ts';
export type { Capabilities, ReasonField } from './capabilities.ts';
export type { ErrorCode, RefusalCode, UnknownReason } from './error-code.ts';
export type { Exchange, JsonValue, ProviderRequest, ProviderResponse, ResponseBody } from './exchange.ts';
export type { CallOptions, CancelManyOptions, ServiceOptions } from './options.ts';
export {
  defineProvider,
  type CancelOrder,
  type OperationsOf,
  type Provider,
  type ProviderDefinition,
} from './provider.ts';
export {
  isProviderError,
  ProviderError,
  type Issue,
  type ProviderErrorDetails,
  type ProviderOperation,
} from './provider-error.ts';
export type { Reason, ReasonCategory, ReasonDetails } from './reason.ts';
export type { CancelOutcome, CancelResult, PreviewedRequest, SafeResult } from './result.ts';
export { createCancelService, type AccountDescription, type CancelResultOf, type CancelService } from './service.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.ts';
export type {
  AcceptedVerdict,
  CancelVerdict,
  DuplicateVerdict,
  FoundVerdict,
  RefusedVerdict,
  StatusVerdict,
  UnclearVerdict,
  UnrecognisedVerdict,
} from './verdict.ts';
export type {
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  OperationName,
  Warning,
  WarningCode,
  When,
} from './vocabulary.ts';

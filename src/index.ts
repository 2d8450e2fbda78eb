export type { Account, Accounts, AccountsOf, ConfigSource } from './contract/account.ts';
export type {
  AccountProgress,
  BatchOptions,
  CancelManyItem,
  CancelManyOptions,
  CancelManyProgress,
} from './contract/bulk.ts';
export type { Capabilities, ExtraField, ReasonField } from './contract/capabilities.ts';
export type { ErrorCode, UnknownReason } from './contract/error-code.ts';
export type {
  AnswerEvent,
  AttemptEvent,
  FailureClass,
  OperationEvent,
  OutcomeEvent,
  ReadBackEvent,
  RetryEvent,
} from './contract/event.ts';
export type { CallOptions, ReadOptions, ServiceOptions } from './contract/options.ts';
export { type Issue, ProviderError, type ProviderErrorDetails, isProviderError } from './contract/provider-error.ts';
export { HTTP_STATUS, httpStatusOf, type PublicError, type PublicErrorCode } from './contract/public-error.ts';
export {
  type PublicOptions,
  type PublicResult,
  type PublicStatus,
  toPublicOptions,
  toPublicResult,
  toPublicStatus,
} from './contract/public-view.ts';
export type { Reason, ReasonCategory, ReasonCode, ReasonDetails } from './contract/reason.ts';
export type {
  AccountKey,
  AccountKeyWith,
  CancelDetails,
  CancelRequest,
  CancelResultOf,
  ConfirmDetails,
  ExtrasOf,
  OperationOf,
  ProviderOf,
  RevokeResultOf,
  ServiceOf,
  TimingOf,
} from './contract/request.ts';
export type { CancelResult, PreviewedRequest, RevokeResult, SafeResult, ValidatedRequest } from './contract/result.ts';
export type { CancelOutcome } from './contract/outcome.ts';
export type {
  AnyWhen,
  CancellationOptions,
  CancellationState,
  CancellationStatus,
  Confirmation,
  EffectiveAt,
  LastSeen,
  Money,
  OfferedTiming,
  OnDate,
  OperationName,
  ProviderOperation,
  Timing,
  Warning,
  WarningCode,
  When,
} from './contract/vocabulary.ts';
export { parseWhen, whenText } from './contract/when.ts';
export type { RevokeOutcome } from './contract/outcome.ts';
export type { OperationTrace } from './call/run-call.ts';
export { type AccountDescription, type CancelService, createCancelService } from './service/service.ts';

export type { Account, Accounts, AccountsOf, ConfigSource } from './contract/account.ts';
export type { CredentialsCheck, CredentialsVerdict } from './contract/verdict.ts';
export { EXPECTED_BASE_URL, isBaseUrl } from './sending/base-url.ts';
export type { CancelManyItem } from './contract/bulk.ts';
export type {
  AccountKey,
  AccountKeyWith,
  CancelDetails,
  CancelRequest,
  OperationOf,
  ProviderOf,
  ServiceOf,
  TimingOf,
} from './contract/request.ts';
export { constantMessages } from './call/check-schema.ts';
export type { Capabilities, ReasonField } from './contract/capabilities.ts';
export { type CredentialRule, loginRule, secretRule, tokenRule } from './privacy/credential.ts';
export { decodeEntities } from './privacy/decode-entities.ts';
export type { ErrorCode, RefusalCode, UnknownReason } from './contract/error-code.ts';
export type { Exchange, JsonValue, ProviderRequest, ProviderResponse, ResponseBody } from './contract/exchange.ts';
export type {
  AnswerEvent,
  AttemptEvent,
  OperationEvent as CancelEvent,
  OutcomeEvent,
  ReadBackEvent,
  RetryEvent,
} from './contract/event.ts';
export type { BatchOptions, CancelManyOptions } from './contract/bulk.ts';
export type { AccountProgress, CancelManyProgress } from './contract/bulk.ts';
export type { CallOptions, ReadOptions, ServiceOptions } from './contract/options.ts';
export { performAction } from './service/perform-action.ts';
export type { ActionOptions, ActionProvider, Performed, ProviderAction } from './contract/action.ts';
export { defineProvider } from './accounts/define-provider.ts';
export type {
  CancelOrder,
  OperationsOf,
  Provider,
  ProviderDefinition,
  StatusQuery,
  TogetherOrder,
} from './contract/provider.ts';
export { type Issue, ProviderError, type ProviderErrorDetails, isProviderError } from './contract/provider-error.ts';
export type { ProviderOperation } from './contract/vocabulary.ts';
export { HTTP_STATUS, type PublicError, type PublicErrorCode } from './contract/public-error.ts';
export { type PublicResult, type PublicStatus, toPublicResult, toPublicStatus } from './contract/public-view.ts';
export type { Reason, ReasonCategory, ReasonDetails } from './contract/reason.ts';
export type { FailureClass } from './contract/event.ts';
export type { CancelOutcome, CancelResult, PreviewedRequest, RevokeResult, SafeResult } from './contract/result.ts';
export { type AccountDescription, type CancelService, createCancelService } from './service/service.ts';
export type { CancelResultOf, RevokeResultOf } from './contract/request.ts';
export type { ServiceForm } from './contract/provider.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './contract/standard-schema.ts';
export type { OperationTrace } from './call/run-call.ts';
export type { ValidatedRequest } from './contract/result.ts';
export type {
  AcceptedVerdict,
  ActionDoneVerdict,
  ActionVerdict,
  CancelVerdict,
  DuplicateVerdict,
  FoundVerdict,
  ProviderWords,
  RefusedVerdict,
  RevokeVerdict,
  RevokedVerdict,
  StatusVerdict,
  UnclearVerdict,
  UnrecognizedVerdict as UnrecognisedVerdict,
} from './contract/verdict.ts';
export type {
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  LastSeen,
  OperationName,
  RevokeOutcome,
  Warning,
  WarningCode,
  When,
} from './contract/vocabulary.ts';

export type { Account, Accounts, AccountsOf, ConfigSource } from './account.ts';
export type { CredentialsCheck, CredentialsVerdict } from './account-check.ts';
export { EXPECTED_BASE_URL, isBaseUrl } from './base-url.ts';
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
export { constantMessages } from './check.ts';
export type { Capabilities, ReasonField } from './capabilities.ts';
export { loginRule, secretRule, type CredentialRule } from './credential.ts';
export { decodeEntities } from './decode-entities.ts';
export type { ErrorCode, RefusalCode, UnknownReason } from './error-code.ts';
export type { Exchange, JsonValue, ProviderRequest, ProviderResponse, ResponseBody } from './exchange.ts';
export type { AnswerEvent, AttemptEvent, CancelEvent, OutcomeEvent, ReadBackEvent, RetryEvent } from './events.ts';
export type { BatchOptions, CancelManyOptions } from './many-options.ts';
export type { AccountProgress, CancelManyProgress } from './many-progress.ts';
export type { CallOptions, ReadOptions, ServiceOptions } from './options.ts';
export {
  performAction,
  type ActionOptions,
  type ActionProvider,
  type Performed,
  type ProviderAction,
} from './perform-action.ts';
export {
  defineProvider,
  type CancelOrder,
  type OperationsOf,
  type Provider,
  type ProviderDefinition,
  type StatusQuery,
  type TogetherOrder,
} from './provider.ts';
export {
  isProviderError,
  ProviderError,
  type Issue,
  type ProviderErrorDetails,
  type ProviderOperation,
} from './provider-error.ts';
export {
  HTTP_STATUS,
  toPublicResult,
  toPublicStatus,
  type PublicError,
  type PublicErrorCode,
  type PublicResult,
  type PublicStatus,
} from './public-view.ts';
export type { Reason, ReasonCategory, ReasonDetails } from './reason.ts';
export type { FailureClass } from './retry-policy.ts';
export type { CancelOutcome, CancelResult, PreviewedRequest, RevokeResult, SafeResult } from './result.ts';
export {
  createCancelService,
  type AccountDescription,
  type CancelResultOf,
  type CancelService,
  type RevokeResultOf,
} from './service.ts';
export type { ServiceForm } from './service-form.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.ts';
export type { OperationTrace } from './tracing.ts';
export type { ValidatedRequest } from './validated-request.ts';
export type {
  AcceptedVerdict,
  ActionDoneVerdict,
  ActionVerdict,
  CancelVerdict,
  DuplicateVerdict,
  FoundVerdict,
  ProviderWords,
  RefusedVerdict,
  RevokedVerdict,
  RevokeVerdict,
  StatusVerdict,
  UnclearVerdict,
  UnrecognisedVerdict,
} from './verdict.ts';
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
} from './vocabulary.ts';

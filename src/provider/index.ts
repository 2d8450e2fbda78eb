export type { Account, ConfigSource } from '../contract/account.ts';
export type { ActionOptions, ActionProvider, Performed, ProviderAction } from '../contract/action.ts';
export type { Capabilities, ReasonField } from '../contract/capabilities.ts';
export type { RefusalCode, UnknownReason } from '../contract/error-code.ts';
export type { Exchange, JsonValue, ProviderRequest, ProviderResponse, ResponseBody } from '../contract/exchange.ts';
export type {
  CancelOrder,
  OperationsOf,
  Provider,
  ProviderDefinition,
  ProviderTypes,
  ServiceForm,
  StatusQuery,
  BatchOrder,
} from '../contract/provider.ts';
export type { ReasonCategory, ReasonDetails } from '../contract/reason.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from '../contract/standard-schema.ts';
export type {
  AcceptedVerdict,
  ActionDoneVerdict,
  ActionVerdict,
  CancelVerdict,
  CredentialsCheck,
  CredentialsVerdict,
  DuplicateVerdict,
  FoundVerdict,
  ProviderWords,
  RefusedVerdict,
  RevokeVerdict,
  RevokedVerdict,
  StatusVerdict,
  UnclearVerdict,
  UnrecognizedVerdict,
} from '../contract/verdict.ts';
export type {
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  OperationName,
  Warning,
  WarningCode,
  When,
} from '../contract/vocabulary.ts';
export { type CredentialRule, loginRule, secretRule, tokenRule } from '../privacy/credential.ts';
export { decodeEntities } from '../privacy/decode-entities.ts';
export { type AccessRefusal, plainWords, refusedAccess } from '../outcome/refused-access.ts';
export { constantMessages } from '../call/check-schema.ts';
export { EXPECTED_BASE_URL, isBaseUrl } from '../sending/base-url.ts';
export { defineProvider } from '../accounts/define-provider.ts';
export { performAction } from '../service/perform-action.ts';
export { calendarDay, utcInstant } from './dates.ts';
export { readBody } from './read-body.ts';
export { type StatusMessages, refused, refusedByStatus } from './refusal.ts';

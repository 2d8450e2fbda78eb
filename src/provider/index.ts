export type { Account, ConfigSource } from '../contract/account.ts';
export type { ActionOptions, ActionProvider, Performed, ProviderAction } from '../contract/action.ts';
export type { Capabilities, ExtraField, ReasonField } from '../contract/capabilities.ts';
export type {
  FindQuery,
  FindVerdict,
  FoundCancellation,
  FoundService,
  ListedService,
  ListedVerdict,
  ServiceState,
} from '../contract/find.ts';
export type { RefusalCode, UnknownReason } from '../contract/error-code.ts';
export type {
  Exchange,
  JsonValue,
  Moment,
  ProviderRequest,
  ProviderResponse,
  ResponseBody,
  WireRequest,
} from '../contract/exchange.ts';
export type {
  Access,
  CancelOrder,
  ConfirmOrder,
  OperationsOf,
  Provider,
  ProviderDefinition,
  ProviderTypes,
  ServiceForm,
  StatusQuery,
  BatchOrder,
} from '../contract/provider.ts';
export type { ReasonCategory, ReasonCode, ReasonDetails } from '../contract/reason.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from '../contract/standard-schema.ts';
export type {
  AbsentVerdict,
  AcceptedVerdict,
  AccessVerdict,
  ActionDoneVerdict,
  ActionVerdict,
  CancelVerdict,
  ConfirmationRequiredVerdict,
  CredentialsCheck,
  CredentialsVerdict,
  DuplicateVerdict,
  FoundVerdict,
  GrantedVerdict,
  NoVerdict,
  OfferedVerdict,
  OptionsVerdict,
  ProviderWords,
  RefusedVerdict,
  RevokeVerdict,
  RevokedVerdict,
  StatusVerdict,
  UnclearVerdict,
  UnrecognizedVerdict,
} from '../contract/verdict.ts';
export type {
  AnyWhen,
  CancellationOptions,
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  Money,
  OfferedTiming,
  OnDate,
  OperationName,
  Timing,
  Warning,
  WarningCode,
  When,
} from '../contract/vocabulary.ts';
export type { WhereToLook } from '../contract/where-to-look.ts';
export { type CredentialRule, loginRule, secretRule, tokenRule } from '../privacy/credential.ts';
export { decodeEntities } from '../privacy/decode-entities.ts';
export { type AccessRefusal, plainWords, refusedAccess } from '../sending/refused-access.ts';
export { constantMessages } from '../call/check-schema.ts';
export { EXPECTED_BASE_URL, isBaseUrl } from '../sending/base-url.ts';
export { defineProvider } from '../accounts/define-provider.ts';
export { performAction } from '../service/perform-action.ts';
export { calendarDay, isSameWhen, timingOf } from '../contract/when.ts';
export { answeredOn, effectiveAt, utcInstant } from './dates.ts';
export { oauthAccess, oauthVerdict } from './oauth.ts';
export {
  type ReadState,
  accepted,
  checkedBy,
  defined,
  listedPage,
  offered,
  readBody,
  reading,
  stateUntil,
} from './read.ts';
export {
  type FieldProblem,
  type StatusMessages,
  absentIsRefused,
  absentOrError,
  duplicate,
  notAbsent,
  refused,
  refusedByStatus,
  refusedField,
  tooEarly,
  unclear,
  verdictOnError,
} from './refusal.ts';

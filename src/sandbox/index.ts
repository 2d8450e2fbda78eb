export { startSandbox } from './start.ts';
export type { EdisSandbox, HostingSandbox, Sandbox, SandboxOptions, VpsbgSandbox, WhmcsSandbox } from './start.ts';
export type { SandboxAccounts } from './accounts.ts';
export type { ClockStep, SandboxClock } from './kit/clock.ts';
export type { ProviderControls, SandboxCancellation, SandboxService } from './kit/emulator.ts';
export type {
  CutBodyFault,
  EmptyFault,
  Fault,
  FaultKind,
  FaultScope,
  FirewallFault,
  HangFault,
  HtmlFault,
  LateExecutionFault,
  LatencyFault,
  OversizeFault,
  RateLimitFault,
  RedirectFault,
  ResetFault,
  ServerErrorFault,
  SlowBodyFault,
  TruncatedFault,
} from './faults.ts';
export type { RecordedRequest } from './faults.ts';
export type { SandboxServer } from './server.ts';
export type {
  EdisSettings,
  HostingSettings,
  SandboxSettings,
  VpsbgSettings,
  WhmcsAdministratorSettings,
  WhmcsSettings,
} from './settings.ts';
export type {
  EdisControls,
  EdisOptions,
  EdisSeeded,
  EdisService,
  EdisServiceInit,
} from '../../providers/edis/emulator.ts';
export type {
  VpsbgAddon,
  VpsbgControls,
  VpsbgFloatingIp,
  VpsbgOptions,
  VpsbgServer,
  VpsbgServerId,
  VpsbgServerInit,
} from '../../providers/vpsbg/emulator.ts';
export type {
  HostingControls,
  HostingJob,
  HostingOptions,
  HostingService,
  HostingServiceId,
  HostingServiceInit,
} from '../../providers/hosting/emulator.ts';
export type {
  WhmcsCancelError,
  WhmcsCancellationRequest,
  WhmcsControls,
  WhmcsOptions,
  WhmcsService,
  WhmcsServiceId,
  WhmcsServiceInit,
  WhmcsServiceStatus,
} from '../../providers/whmcs/emulator.ts';

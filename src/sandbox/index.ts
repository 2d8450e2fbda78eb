export { startSandbox } from './start.ts';
export type { Sandbox, SandboxAccounts, SandboxOptions, SandboxSettings } from './start.ts';
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
export type * from '../../providers/list.ts';

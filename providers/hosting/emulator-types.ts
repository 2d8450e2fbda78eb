import type { SandboxService } from '../../src/sandbox/kit/emulator.ts';

/** A hosting at the emulated Hosting API. */
export interface HostingService extends SandboxService {
  readonly hostingId: string;
  readonly domain: string;
  /** `deleted` once an immediate cancellation was carried out or the last period is over. */
  readonly state: 'provisioning' | 'active' | 'cancelled' | 'deleted';
  readonly suspended: boolean;
  /** The end of the paid period. */
  readonly nextServiceRenewalDate: Date;
  readonly created: Date;
  readonly modified: Date;
  /** The jobs of this hosting, oldest first. */
  readonly jobs: readonly HostingJob[];
}

/** A queued piece of work. */
export interface HostingJob {
  readonly responseId: string;
  readonly type: 'cancelHosting' | 'resumeHostingService';
  readonly status: 'new' | 'done' | 'failed';
  readonly immediate: boolean;
  readonly reason: string | undefined;
  /** The `client-request-id` header of the call that queued it. */
  readonly clientRequestId: string | undefined;
  readonly created: Date;
  readonly finished: Date | undefined;
}

/** The options of `sandbox.hosting.add`; the rest is chosen. */
export interface HostingServiceInit {
  readonly domain?: string;
  /** Default `active`. */
  readonly state?: 'provisioning' | 'active' | 'cancelled' | 'deleted';
  readonly suspended?: boolean;
  /** Default: one month from now. */
  readonly nextServiceRenewalDate?: Date;
}

/** What is known of a job when it is queued. */
export type HostingJobOrder = Pick<HostingJob, 'responseId' | 'type' | 'immediate' | 'reason' | 'clientRequestId'>;

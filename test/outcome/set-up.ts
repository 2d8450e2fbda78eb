import { inspect } from 'node:util';
import {
  createCancelService,
  type CallOptions,
  type CancellationStatus,
  type CancelResult,
  type CancelService,
  type ServiceOptions,
  type When,
} from 'cancelkit';
import {
  startSandbox,
  type Fault,
  type HostingServiceId,
  type RecordedRequest,
  type Sandbox,
  type SandboxAccounts,
  type VpsbgServerId,
  type WhmcsServiceId,
} from 'cancelkit/sandbox';

/** A service over the accounts of a sandbox. */
export type SandboxService = CancelService<{ readonly [Key in keyof SandboxAccounts]: SandboxAccounts[Key] }>;

/** The providers whose state can be read back. */
export const READABLE = ['vpsbg', 'hosting', 'whmcs'] as const;
export type Readable = (typeof READABLE)[number];

/** Both timings. */
export const TIMINGS = ['end_of_period', 'immediate'] as const;

/** Starts a sandbox at 8 o'clock on 10 March 2026, in which every provider that can be read back shows the timing. */
export async function startAt8(): Promise<Sandbox> {
  const sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  sandbox.vpsbg.configure({ cancelRequest: 'with_now' });
  return sandbox;
}

/** A service over all accounts of the sandbox. */
export function servicesOf(sandbox: Sandbox, options: ServiceOptions<SandboxAccounts> = {}): SandboxService {
  return createCancelService({ ...sandbox.accounts }, options);
}

/** Options for tests in which the other side falls silent. */
export const IMPATIENT = { attemptTimeoutMs: 300 } as const;

/** One new service at a provider, paid until 10 April 2026. */
export interface Target {
  readonly cancel: (when: When, options?: CallOptions) => Promise<CancelResult>;
  readonly status: () => Promise<CancellationStatus>;
  /** The cancellations that arrived. */
  readonly writes: () => number;
  /** The cancellations that took effect. */
  readonly timesCancelled: () => number;
  /** Makes the next cancellation go wrong, and no read-back. */
  readonly faultyCancel: (fault: Fault) => void;
  /** Makes every read-back go wrong, and no cancellation. */
  readonly faultyReads: (fault: Fault) => void;
}

/** Adds a service at the provider. */
export function targetAt(provider: Readable, sandbox: Sandbox, services: SandboxService = servicesOf(sandbox)): Target {
  const reference = newService(provider, sandbox);
  const server = sandbox[provider];
  return {
    cancel: (when, options) => services.cancel({ ...reference, when, reason: 'Project ended' }, options),
    status: () => services.status(reference),
    writes: () => server.requests.filter(isWrite).length,
    timesCancelled: () => timesCancelled(reference, sandbox),
    faultyCancel: (fault) => server.fault({ ...fault, only: isWrite }),
    faultyReads: (fault) => server.fault({ ...fault, times: Infinity, only: (request) => !isWrite(request) }),
  };
}

type Reference =
  | { readonly account: 'vpsbg'; readonly service: VpsbgServerId }
  | { readonly account: 'hosting'; readonly service: HostingServiceId }
  | { readonly account: 'whmcs'; readonly service: WhmcsServiceId };

function newService(provider: Readable, sandbox: Sandbox): Reference {
  switch (provider) {
    case 'vpsbg':
      return { account: provider, service: { serverId: sandbox.vpsbg.add().serverId } };
    case 'hosting': {
      const { hostingId, domain } = sandbox.hosting.add();
      return { account: provider, service: { hostingId, domain } };
    }
    case 'whmcs':
      return { account: provider, service: { serviceId: sandbox.whmcs.add().serviceId } };
  }
}

function timesCancelled(reference: Reference, sandbox: Sandbox): number {
  switch (reference.account) {
    case 'vpsbg':
      return sandbox.vpsbg.service(reference.service.serverId).timesCancelled;
    case 'hosting':
      return sandbox.hosting.service(reference.service.hostingId).timesCancelled;
    case 'whmcs':
      return sandbox.whmcs.service(reference.service.serviceId).timesCancelled;
  }
}

/** Whether a request can change something. WHMCS reads with POST too. */
export function isWrite({ method, body }: RecordedRequest): boolean {
  return method !== 'GET' && !/\baction=Get/.test(body);
}

/** Everything that a person, a log or an API could be shown of a value. */
export function printed(value: unknown): string {
  const words = value instanceof Error ? [String(value), value.stack, value.message] : [];
  return [
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null }),
    ...words,
  ].join('\n');
}

/** The real fetch, and something that happens at the provider after each response. */
export function fetchAndThen(happens: (answers: number) => void | Promise<void>): typeof globalThis.fetch {
  let answers = 0;
  return async (input, init) => {
    const response = await fetch(input, init);
    answers += 1;
    await happens(answers);
    return response;
  };
}

/** A response of a made-up server. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON, a text unchanged. */
  readonly body?: unknown;
}

/** A fetch that gives these answers in order, the last one for ever, on 10 March 2026, and what it was asked. */
export function replying(...replies: readonly Reply[]): {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: Request[];
} {
  const requests: Request[] = [];
  return {
    requests,
    fetch: async (input, init) => {
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push(new Request(input, init));
      if (reply === undefined) throw new Error('no request was expected');
      const { status, body } = reply;
      const text = typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body);
      return new Response(text, { status, headers: { date: 'Tue, 10 Mar 2026 08:00:00 GMT' } });
    },
  };
}

import type { Certificate } from './certificate.ts';
import { NO_FAULT, type Fault } from './fault.ts';
import { startProviderServer, type Misbehaviour, type ProviderServer } from './provider-server.ts';

/** A server whose next responses are scripted; once a script is at its end, all is well. */
export interface ScriptedProvider {
  readonly server: ProviderServer;
  /** How the next cancellations go. */
  readonly writes: Fault[];
  /** How the next read-backs go. */
  readonly reads: Fault[];
  /** How many cancellations arrived. */
  readonly writesReceived: () => number;
  /** How many read-backs arrived. */
  readonly readsReceived: () => number;
  /** How many cancellations were carried out. */
  readonly executed: () => number;
}

export async function startScriptedProvider(
  connectionFault?: Misbehaviour['connectionFault'],
  certificate?: Certificate,
): Promise<ScriptedProvider> {
  const writes: Fault[] = [];
  const reads: Fault[] = [];
  const faultOf = ({ effect }: { readonly effect: 'read' | 'write' }): Fault =>
    (effect === 'write' ? writes : reads).shift() ?? NO_FAULT;
  const server = await startProviderServer({ faultOf, connectionFault }, certificate);
  const received = (wanted: 'read' | 'write'): number =>
    server.received.filter(({ effect }) => effect === wanted).length;
  return {
    server,
    writes,
    reads,
    writesReceived: () => received('write'),
    readsReceived: () => received('read'),
    executed: () => [...server.executions.values()].reduce((sum, count) => sum + count, 0),
  };
}

import type { RevokeResult } from '../index.ts';
import { handingOver } from './answers.ts';
import type { Responder, SeenRequest } from './loopback.ts';
import { answersThatFind } from './read-back.ts';
import type { ConformanceSubject } from './subject.ts';
import { ACCOUNT, beforeOf, settle, withTrial, type Settled } from './trial.ts';

/** Whether a cancellation of the subject's service can be undone. */
export function canUndo({ provider, takesNoUndo = false }: ConformanceSubject): boolean {
  return provider.capabilities.revoke && !takesNoUndo;
}

/** The result of undoing a cancellation, and the requests that it sent, from the one that undoes on. */
export interface Undo {
  readonly settled: Settled<RevokeResult>;
  readonly requests: readonly SeenRequest[];
}

/** Undoes a cancellation that can be read back, at a server that answers from the undo itself on. */
export async function undone(
  subject: ConformanceSubject,
  respond: Responder,
  service: unknown = subject.service,
): Promise<Undo> {
  const before = [...answersThatFind(subject), ...beforeOf(subject), ...(subject.beforeRevoke ?? [])];
  return withTrial(subject, handingOver(before, respond), async ({ server, service: api }) => ({
    settled: await settle(api.revoke({ account: ACCOUNT, service })),
    requests: server.requests.slice(before.length),
  }));
}

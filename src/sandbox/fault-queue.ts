import type { Fault, RecordedRequest } from './faults.ts';

/** The faults that wait for their calls. */
export interface FaultQueue {
  add(fault: Fault): void;
  /** The first fault that hits this request, which is thereby used once. */
  take(request: RecordedRequest): Fault | undefined;
  clear(): void;
}

/** Makes an empty queue; if several faults hit a call, the one that was added first is used up first. */
export function createFaultQueue(): FaultQueue {
  let waiting: { readonly fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    take(request) {
      const entry = waiting.find(({ fault }) => fault.only === undefined || fault.only(request));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return entry.fault;
    },
    clear() {
      waiting = [];
    },
  };
}

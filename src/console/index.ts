export { createQueueConsole } from './console.ts';
export { toNodeHandler } from './node-handler.ts';
export type { ConsoleHandler, QueueConsoleOptions } from './console.ts';
export type { NodeHandler } from './node-handler.ts';
export type { ConsoleQueue } from './model/console-queue.ts';
export type { ConsoleRight, Operator } from './model/operator.ts';

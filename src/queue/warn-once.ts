const told = new Set<string>();

/** Warns with a warning of the process, of each thing once. */
export function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  process.emitWarning(message, { code: 'CANCELKIT_QUEUE' });
}

/** Ends this process when the one that started it is gone. */
export function endWithParent(): void {
  process.stdin.once('close', () => process.exit(1)).resume();
  // It is not what keeps this process at work.
  if ('unref' in process.stdin) process.stdin.unref();
}

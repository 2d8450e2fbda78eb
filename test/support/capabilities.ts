/** The capabilities of the least able adapter: an immediate cancellation without a reason. */
export const LEAST_CAPABILITIES = {
  timings: ['immediate'],
  reason: { field: 'no' },
  readBack: false,
  revoke: false,
  immediateDestroysData: 'unknown',
  recognizesRepeat: 'no',
} as const;

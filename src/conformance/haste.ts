let running = 0;
let { random } = Math;

/**
 * Runs `work` with random numbers a thousandth of their size. The core waits for a random time before it sends again,
 * and this makes it a short one; the numbers still differ, so that who sends one is found out.
 */
export async function withHaste<Value>(work: () => Promise<Value>): Promise<Value> {
  if (running === 0) {
    ({ random } = Math);
    Math.random = () => random() / 1000;
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) Math.random = random;
  }
}

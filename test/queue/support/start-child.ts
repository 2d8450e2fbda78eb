import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** A process of `queue-child.ts`. */
export interface QueueChild {
  readonly child: ChildProcess;
  /** What it said when it had opened the queue, or could not. */
  readonly opened: Answer;
  readonly ask: (line: string) => Promise<Answer>;
}

type Answer = Readonly<Record<string, unknown>>;

/** Starts a process that opens the queue in the directory. */
export async function startQueueChild(directory: string): Promise<QueueChild> {
  const [script, hooks] = ['queue-child.ts', 'from-source.ts'].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const child = spawn(process.execPath, ['--no-warnings', '--import', `${hooks}`, `${script}`, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer> => {
    const line = await lines.next();
    return v.parse(answerSchema, JSON.parse(String(line.value ?? '{"message":"the process has ended"}')));
  };
  return {
    child,
    opened: await answer(),
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
  };
}

const answerSchema = v.record(v.string(), v.unknown());

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { figure, type Figure } from '../figure.ts';
import { largeAnswerServer } from './large-answer-server.ts';

const MEGABYTE = 1_000_000;
const CLIENT = fileURLToPath(new URL('./large-answer-client.ts', import.meta.url));

/** What one process used while it got one huge answer, in megabytes. */
export interface LargeAnswer {
  readonly client: string;
  readonly status: number;
  readonly end: string;
  readonly rss: number;
  readonly arrayBuffers: number;
}

/** Lets adapters, and `fetch` with `.text()` as the control, get a gzip answer of so many decoded MiB. */
export async function proveLargeAnswers(
  decodedMiB: number,
  clients: readonly string[],
): Promise<readonly LargeAnswer[]> {
  await using server = await largeAnswerServer(decodedMiB * 1024 * 1024);
  const answers: LargeAnswer[] = [];
  for (const client of clients) {
    for (const status of client === 'fetch' ? [200] : [200, 500]) {
      answers.push({ client, status, ...(await measured(server.origin, status, client)) });
    }
  }
  return answers;
}

export function largeAnswerFigures(answers: readonly LargeAnswer[]): readonly Figure[] {
  return answers.flatMap(({ client, status, end, rss, arrayBuffers }) => {
    const name = `huge gzip answer, ${client}, ${status}`;
    if (client === 'fetch') return [figure(4, `${name} (control): extra memory in MB`, rss, 'at_least', 100)];
    return [
      figure(4, `${name}: extra memory in MB`, rss, 'below', 20),
      figure(4, `${name}: of it in array buffers, MB`, arrayBuffers, 'below', 20),
      figure(4, `${name}: ended otherwise than outcome_unknown`, end === 'outcome_unknown' ? 0 : 1, 'exactly', 0),
    ];
  });
}

async function measured(
  origin: string,
  status: number,
  client: string,
): Promise<Pick<LargeAnswer, 'end' | 'rss' | 'arrayBuffers'>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    CLIENT,
    origin,
    String(status),
    client,
  ]);
  const found: unknown = JSON.parse(stdout);
  if (typeof found !== 'object' || found === null) throw new Error('the process printed no figures');
  if (!('end' in found && 'rss' in found && 'arrayBuffers' in found)) throw new Error('the figures are not whole');
  return { end: String(found.end), rss: megabytes(found.rss), arrayBuffers: megabytes(found.arrayBuffers) };
}

function megabytes(bytes: unknown): number {
  return Number(bytes) / MEGABYTE;
}

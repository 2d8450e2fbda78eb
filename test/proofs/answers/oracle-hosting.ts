import type { CancellationState, ErrorCode } from '../../../src/index.ts';
import { asObject, objectIn, type ReadAnswer } from './answer.ts';
import { HOSTING_ID } from './documented.ts';
import { lastAnswers, type Exchanged } from './exchange.ts';
import { isClientError, type Oracle } from './oracle.ts';

const CODES: Readonly<Record<number, ErrorCode>> = { 401: 'unauthorized', 403: 'forbidden', 429: 'rate_limited' };

/** The Hosting API: 202 with `status: "pending"` and a response id; errors are 4xx with `status: "error"`. */
export const hostingOracle: Oracle = {
  accepts: (answer) => {
    const body = objectIn(answer);
    const id = [body?.['responseId'], body?.['response_id']].find((one) => typeof one === 'string');
    return answer.status === 202 && sameWord(body?.['status'], 'pending') && id !== undefined && id !== '';
  },
  refuses: (answer) => {
    if (!isError(answer)) return [];
    // The API's own code counts under any status; that it lets nobody in is all that it says under a success.
    const isCredentials = /^(?:401|unauthori[sz]ed|invalid_token)$/i.test(String(codeOf(answer)));
    const isShutOut = answer.status < 400 && /^(?:403|forbidden)$/i.test(String(codeOf(answer)));
    if (isCredentials || isShutOut) return ['unauthorized', ...(answer.status === 403 ? (['forbidden'] as const) : [])];
    if (!isClientError(answer)) return [];
    if (/\btoken is not valid\b/i.test(messageOf(answer))) {
      return ['unauthorized', CODES[answer.status] ?? 'rejected', 'rejected'];
    }
    const notFound: readonly ErrorCode[] =
      answer.status === 404 || codeOf(answer) === 'does_not_exist' ? ['not_found'] : [];
    return [...notFound, CODES[answer.status] ?? 'rejected', 'rejected'];
  },
  isDuplicate: (answer) => isError(answer) && codeOf(answer) === 'not_active' && answer.status < 500,
  duplicateIsAmbiguous: true,
  speaks: (answer) => isError(answer) || ['pending', 'ok'].some((word) => sameWord(objectIn(answer)?.['status'], word)),
  isOpen: () => false,
  states: statesOf,
};

/** Letters of another size do not make it another word. */
function sameWord(value: unknown, word: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === word;
}

function isError(answer: ReadAnswer | undefined): boolean {
  const body = objectIn(answer);
  // The documented errors of older deployments have no status.
  return sameWord(body?.['status'], 'error') || (body?.['status'] === undefined && body?.['error_code'] !== undefined);
}

function messageOf(answer: ReadAnswer): string {
  const body = objectIn(answer);
  const message = body?.['errorMessage'] ?? body?.['error_message'];
  return typeof message === 'string' ? message : '';
}

function codeOf(answer: ReadAnswer | undefined): unknown {
  const body = objectIn(answer);
  return [body?.['errorCode'], body?.['error_code']].find(
    (code) => typeof code === 'string' || typeof code === 'number',
  );
}

function statesOf(reads: readonly Exchanged[]): ReadonlySet<CancellationState> {
  const states = new Set<CancellationState>(['unknown']);
  const shown = lastAnswers(reads, 'show').at(-1);
  const hosting = shown?.status === 200 && !isError(shown) ? asObject(objectIn(shown)?.['hosting']) : undefined;
  const known = hosting?.['identifier'] === HOSTING_ID ? hosting : undefined;
  const isGone = isError(shown) && (shown?.status === 404 || codeOf(shown) === 'does_not_exist');
  const jobs = jobsIn(lastAnswers(reads, 'list', 'rest'));
  if (known !== undefined) addWords(known, states);
  // Without a response about the hosting itself, its jobs alone say nothing.
  if (jobs === undefined || (known === undefined && !isGone)) return states;
  // What is done may have been resumed since, which is a job of its own.
  const done = jobs.statuses.includes('done');
  if (jobs.statuses.includes('new')) states.add('requested');
  if (jobs.statuses.length > 0 && jobs.statuses.every((status) => status === 'failed')) states.add('failed');
  if (done && isGone) states.add('completed');
  if (done && known !== undefined && jobs.resumed) states.add('none');
  if (done && known !== undefined)
    states.add('requested').add(isDate(known['nextServiceRenewalDate']) ? 'scheduled' : 'requested');
  const isQuiet = known !== undefined && !(Number(known['openJobCount'] ?? 0) > 0);
  const isUntouched = ['active', 'adopting'].some((word) => sameWord(known?.['serviceStatus'], word));
  if (jobs.statuses.length === 0 && jobs.complete && isQuiet && isUntouched) states.add('none');
  return states;
}

/** The values after a cancellation are not documented: a word that plainly says it may be believed. */
function addWords(hosting: Readonly<Record<string, unknown>>, states: Set<CancellationState>): void {
  if (sameWord(hosting['status'], 'deleted')) states.add('completed');
  const words = String(hosting['serviceStatus']).toLowerCase().split(/[_ -]/);
  const saysCancel = words.some((word) => /^cancel(?:l?ed|l?ing|lation)?$/.test(word));
  if (saysCancel && !words.some((word) => /^(?:not|no|un.*|never)$/.test(word))) states.add('requested');
}

interface Jobs {
  readonly statuses: readonly unknown[];
  readonly complete: boolean;
  /** Whether the history has a resumption that is done. */
  readonly resumed: boolean;
}

/** The cancellation jobs of a history, if all of its pages could be read. */
function jobsIn(pages: readonly (ReadAnswer | undefined)[]): Jobs | undefined {
  if (pages.length === 0) return undefined;
  const lists = pages.map((page) => {
    const body = page?.status === 200 ? objectIn(page) : undefined;
    const events = sameWord(body?.['status'], 'ok') ? body?.['hostingEvents'] : undefined;
    return Array.isArray(events) ? events.map(asObject) : undefined;
  });
  const events: Readonly<Record<string, unknown>>[] = [];
  for (const list of lists) {
    for (const event of list ?? [undefined]) {
      if (event === undefined) return undefined;
      events.push(event);
    }
  }
  const jobs = events.filter((event) => event['jobType'] === 'cancelHosting');
  const resumed = events.some((event) => event['jobType'] === 'resumeHostingService' && event['jobStatus'] === 'done');
  return { statuses: jobs.map((event) => event['jobStatus']), complete: (lists.at(-1)?.length ?? 0) < 50, resumed };
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

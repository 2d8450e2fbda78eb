import { createCancelService, type CancelService } from 'cancelkit';
import {
  createQueueConsole,
  type ConsoleHandler,
  type ConsoleQueue,
  type Operator,
  type QueueConsoleOptions,
} from 'cancelkit/console';
import { edis } from 'cancelkit/edis';
import { ovh } from 'cancelkit/ovh';
import { vpsbg } from 'cancelkit/vpsbg';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startPglite, type TestDatabase } from '../../queue/support/databases.ts';
import { openQueue, type TestQueue } from '../../queue/support/open-queue.ts';

/** The accounts that the console is tested with: one cannot be read, one can, one sends a token to a person. */
export interface Own {
  readonly edis: ReturnType<typeof edis>;
  readonly vpsbg: ReturnType<typeof vpsbg>;
  readonly ovh: ReturnType<typeof ovh>;
}

/** An operator who may do everything. */
export const KIM: Operator = { by: 'Kim', can: ['read', 'decide', 'send_again'] };

// What is unknown stays so until the test decides.
const LATER = [3_600_000, 7_200_000];

/** A real queue on the embedded database, whose accounts lead to the sandbox. */
export interface ConsoleSet extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly queue: TestQueue<Own>;
  readonly services: CancelService<Own>;
  readonly database: TestDatabase;
  /** Puts one into the queue whose request is executed and whose answer is lost: it needs a person. */
  readonly addUnknown: (id: string, reference?: string) => Promise<string>;
  /** Puts one into the queue that the provider accepts. */
  readonly addDone: (id: string, reference?: string) => Promise<number>;
  /** Puts one into the queue for later. */
  readonly addPlanned: (id: string, reference?: string) => Promise<void>;
  readonly work: () => Promise<void>;
}

export async function openConsoleSet(): Promise<ConsoleSet> {
  const sandbox = await startSandbox();
  const database = await startPglite();
  const accounts = {
    edis: edis(sandbox.settings.edis),
    vpsbg: vpsbg(sandbox.settings.vpsbg),
    ovh: ovh(sandbox.settings.ovh),
  };
  const services = createCancelService(accounts);
  const queue = await openQueue<Own>(database, { services, readBackAfterMs: LATER });
  const work = (): Promise<void> => queue.work({ stopWhenIdle: true });
  return {
    sandbox,
    queue,
    services,
    database,
    work,
    addUnknown: async (id, reference) => {
      // The provider allows a few requests a minute.
      sandbox.clock.advance({ minutes: 10 });
      const { kvmId } = sandbox.edis.add();
      await queue.enqueue({ account: 'edis', service: { kvmId }, when: 'end_of_period', reference }, { id, by: 'Ann' });
      sandbox.edis.fault({ kind: 'reset', executed: true });
      await work();
      return kvmId;
    },
    addDone: async (id, reference) => {
      const { serverId } = sandbox.vpsbg.add();
      await queue.enqueue({ account: 'vpsbg', service: { serverId }, when: 'end_of_period', reference }, { id });
      await work();
      return serverId;
    },
    addPlanned: async (id, reference) => {
      const { serverId } = sandbox.vpsbg.add();
      const request = { account: 'vpsbg', service: { serverId }, when: 'end_of_period', reference } as const;
      await queue.enqueue(request, { id, notBefore: '2100-01-01' });
    },
    [Symbol.asyncDispose]: async () => {
      await queue[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

/** What a page answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where a form led. */
  readonly location: string;
}

/** A browser without a screen: it keeps cookies and fills in forms. */
export interface Visitor {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  /** Sends a form of a page of the console, with its token. */
  readonly post: (path: string, fields: Fields, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  /** Fills in the decision form of a cancellation, as it stands there. */
  readonly decide: (id: string, fields: Fields) => Promise<Answered>;
  readonly formToken: () => Promise<string>;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** Where the console is, as its visitors see it. */
export const ORIGIN = 'https://ops.example.com';

/** Visits a console. */
export function visit(handler: ConsoleHandler, basePath: string = ''): Visitor {
  let cookie = '';
  const send = async (path: string, init: RequestInit): Promise<Answered> => {
    const headers = new Headers(init.headers);
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie);
    const response = await handler(new Request(`${ORIGIN}${basePath}${path}`, { ...init, headers }));
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const location = response.headers.get('location') ?? '';
    return { status: response.status, headers: response.headers, text: await response.text(), location };
  };
  const get: Visitor['get'] = (path, headers = {}) => send(path, { headers });
  const formToken = async (): Promise<string> => fieldIn((await get('/')).text, 'form_token') ?? tokenIn(cookie);
  const post: Visitor['post'] = async (path, fields, headers = {}) => {
    const all = Object.entries({ form_token: await formToken(), ...fields });
    const body = new URLSearchParams(
      all.flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
    );
    const own = { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers };
    return await send(path, { method: 'POST', headers: own, body: body.toString() });
  };
  return {
    get,
    post,
    formToken,
    decide: async (id, fields) => {
      const page = await get(`/cancellation?id=${encodeURIComponent(id)}`);
      return await post('/decide', { id, seen: fieldIn(page.text, 'seen') ?? '', ...fields });
    },
  };
}

/** The value of a hidden field. */
export function fieldIn(html: string, name: string): string | undefined {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
}

/** A console of a queue for one operator. */
export function consoleOf(queue: ConsoleQueue, operator: Operator | undefined = KIM): ConsoleHandler {
  return createQueueConsole({ queue, authorize: () => operator });
}

/** The same with options as plain JavaScript has them. */
export function untypedConsole(options: object): ConsoleHandler {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  return createQueueConsole(options as QueueConsoleOptions);
}

/** What a reader sees of a page: its text, without the markup. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(?:script|style)[^>]*>.*?<\/(?:script|style)>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function tokenIn(cookie: string): string {
  return cookie.slice(cookie.indexOf('=') + 1);
}

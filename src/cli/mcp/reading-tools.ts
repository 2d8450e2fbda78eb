import { whenText } from '../../contract/when.ts';
import type { QueuedCancellation } from '../../queue/index.ts';
import { QUEUE_STATES } from '../../queue/model/state.ts';
import { describeAccount } from '../actions/accounts.ts';
import { withReader } from '../actions/with-queue.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import { serviceText } from '../setup/show-result.ts';
import { whereToLook } from '../setup/where-to-look.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { argumentsOf, choice, flag, optional, text, whole } from './inputs.ts';
import { REQUEST, requestOf, SERVICE, serviceOf } from './request.ts';
import { type Tool, tool } from './tool.ts';

/** The tools that change nothing. */
export function readingTools({ services }: OpenedServices): readonly Tool[] {
  const find = findOf(services);
  return [accounts, status, preview, ...(find === undefined ? [] : [findTool(find)]), queueList, queueShow];
}

const { account } = SERVICE;

const accounts = tool({
  name: 'accounts',
  title: 'Accounts',
  description:
    'Lists the configured accounts: the provider, what each can do, how a service is written, and what is missing in the configuration. Sends nothing.',
  isReading: true,
  input: argumentsOf({}),
  work: async (_, { opened }) => {
    const described = [];
    for (const name of Object.keys(opened.accounts)) described.push(await describeAccount(name, opened));
    return { data: { accounts: described }, list: 'accounts' };
  },
});

const status = tool({
  name: 'status',
  title: 'State of a cancellation',
  description:
    'Asks the provider whether a service is cancelled, and for when. Changes nothing. `none` means that there is no cancellation; `unknown` that the provider does not tell.',
  isReading: true,
  input: argumentsOf(SERVICE),
  work: async (given, { opened }, signal) => {
    const reference = await serviceOf(given, opened);
    const { raw: _, ...found } = await opened.services.status(
      { account: given.account, service: reference },
      { signal },
    );
    const where = found.state === 'unknown' ? await whereToLook(opened, given.account, reference) : undefined;
    return {
      data: {
        account: given.account,
        service: serviceText(reference),
        ...found,
        ...(where === undefined ? {} : { whereToLook: where }),
      },
    };
  },
});

const preview = tool({
  name: 'preview',
  title: 'Preview of a cancellation',
  description: 'Shows the request that a cancellation would send, without its secrets. Sends nothing.',
  isReading: true,
  input: argumentsOf(REQUEST),
  work: async (given, { opened }, signal) => {
    const request = await requestOf(given, opened);
    return { data: { ...(await opened.services.preview(request, { signal })) } };
  },
});

const queueList = tool({
  name: 'queue_list',
  title: 'Queue',
  description: 'Lists the cancellations of the queue, newest first. Changes nothing.',
  isReading: true,
  input: argumentsOf({
    state: optional(choice('Only those in this state.', QUEUE_STATES)),
    account: optional(account),
    needsPerson: optional(flag('Only those that wait for a person, or only the others.')),
    text: optional(text('Part of the id, of the reference, or of a value of the service.', 200)),
    order: optional(choice('Default newest.', ['newest', 'oldest'])),
    limit: optional(whole('At most so many. Default 20.', 1, 50)),
    after: optional(text('The page after the cancellation with this id, in the same order.', 128)),
  }),
  work: async ({ limit = 20, order = 'newest', ...filter }, { session, inTurn }) => {
    const found = await inTurn(() => withReader(session, (queue) => queue.list({ ...filter, order, limit })));
    return { data: { cancellations: found.map(shownRow), mayHaveMore: found.length === limit }, list: 'cancellations' };
  },
});

const queueShow = tool({
  name: 'queue_show',
  title: 'One cancellation of the queue',
  description: 'Shows one cancellation of the queue with its history. Changes nothing.',
  isReading: true,
  input: argumentsOf({ id: text('The id of the cancellation.', 128) }),
  work: async ({ id }, { session, inTurn, opened }) => {
    const found = await inTurn(() => withReader(session, (queue) => queue.get(id)));
    if (found === undefined) throw wrongUse('there is no cancellation of that id in the queue.');
    const { request, place, history, needsPerson } = found;
    const where = needsPerson ? await whereToLook(opened, found.account, request.service, place) : undefined;
    return {
      data: {
        ...shownRow(found),
        ...(where === undefined ? {} : { whereToLook: where }),
        history: history.slice(-MOST_HISTORY),
        earlierHistory: Math.max(0, history.length - MOST_HISTORY),
      },
      list: 'history',
    };
  },
});

const MOST_HISTORY = 100;

/** A row without what may be long, or what a model has no use for. */
function shownRow(row: QueuedCancellation): Readonly<Record<string, unknown>> {
  const { id, provider, request, state, needsPerson, outcome, lastError, place, otherPlace, askedBy } = row;
  const { notBefore, createdAt, updatedAt, tries } = row;
  const error = outcome?.ok === false ? outcome.error : lastError;
  return {
    id,
    account: row.account,
    provider,
    service: serviceText(request.service),
    when: whenText(request.when),
    state,
    needsPerson,
    outcome: outcome?.ok === true ? outcome.result.outcome : undefined,
    effectiveAt: outcome?.ok === true ? outcome.result.effectiveAt : undefined,
    error: error === undefined ? undefined : { code: error.code, message: error.message, retryAt: error.retryAt },
    place,
    otherPlace,
    askedBy,
    notBefore,
    createdAt,
    updatedAt,
    tries,
  };
}

type Find = (
  request: { readonly account: string; readonly query: string; readonly limit: number },
  options: { readonly signal: AbortSignal },
) => Promise<{
  readonly services: readonly { readonly service: unknown }[];
  readonly truncated: boolean;
  readonly unreadable: number;
}>;

/** The search for services, if this version of the library has one. */
function findOf(services: object): Find | undefined {
  const find: unknown = Reflect.get(services, 'find');
  // oxlint-disable-next-line no-unsafe-type-assertion -- the library's own method of this name
  return typeof find === 'function' ? (find as Find) : undefined;
}

function findTool(find: Find): Tool {
  return tool({
    name: 'find',
    title: 'Find a service',
    description:
      'Searches the services of an account by a part of their name, domain, address or id, and says how each is written. Only reads.',
    isReading: true,
    input: argumentsOf({
      account,
      query: text('A part of the name, the domain, the address or the id.', 200),
      limit: optional(whole('At most so many. Default 20.', 1, 50)),
    }),
    work: async ({ limit = 20, ...given }, _, signal) => {
      const { services, truncated, unreadable } = await find({ ...given, limit }, { signal });
      const shown = services.map((one) => ({ ...one, service: serviceText(one.service) }));
      return { data: { services: shown, truncated, unreadable }, list: 'services' };
    },
  });
}

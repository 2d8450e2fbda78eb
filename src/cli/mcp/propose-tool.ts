import { QUEUE_STATES } from '../../queue/model/state.ts';
import { withQueue } from '../actions/with-queue.ts';
import { serviceText } from '../setup/show-result.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import { argumentsOf, optional, text } from './inputs.ts';
import { REQUEST, requestOf } from './request.ts';
import { type Tool, tool } from './tool.ts';

/** The one tool that writes, into the queue alone; none if the queue knows no proposals. */
export function proposeTools(): readonly Tool[] {
  const states: readonly string[] = QUEUE_STATES;
  return states.includes('proposed') ? [propose] : [];
}

// A proposal of a model never takes the id under which a shop enqueues. Otherwise the shop's own call would add
// nothing.
const PREFIX = 'mcp:';

/** The tool itself. */
export const propose: Tool = tool({
  name: 'propose',
  title: 'Propose a cancellation',
  description:
    'Puts a cancellation into the queue as a proposal. Nothing is sent: no worker takes it until a person has approved it outside of this tool. It cannot be approved, sent, retried or resolved here.',
  isReading: false,
  input: argumentsOf({
    ...REQUEST,
    id: optional(
      text(
        `Makes it idempotent: the same request with the same id exists once. ${PREFIX} is put before it. Default: a new one.`,
        100,
      ),
    ),
  }),
  work: async ({ id, ...given }, context) => {
    const { opened, session, inTurn, by } = context;
    const request = await requestOf(given, opened);
    const placing = { propose: true, by, ...(id === undefined ? {} : { id: prefixed(id) }) } as const;
    const { added, row } = await inTurn(async () => {
      // In its turn: what calls beside this one have proposed counts.
      if (context.proposals >= MOST_PROPOSALS) throw tooMany();
      return await withQueue(session, async (queue) => {
        const enqueued = await queue.enqueue(request, placing);
        if (enqueued.added) context.proposals += 1;
        return { added: enqueued.added, row: await queue.get(enqueued.id) };
      });
    });
    return {
      data: {
        id: row?.id,
        added,
        state: row?.state,
        account: request.account,
        service: serviceText(request.service),
        next:
          row?.state === 'proposed'
            ? 'A person decides: cancelkit queue show ID, then cancelkit queue approve ID or cancelkit queue withdraw ID.'
            : 'It was in the queue before, and is no proposal: nothing was proposed.',
      },
    };
  },
});

function prefixed(id: string): string {
  return id.startsWith(PREFIX) ? id : `${PREFIX}${id}`;
}

const MOST_PROPOSALS = 100;

function tooMany(): Error {
  return wrongUse(
    `this server has proposed ${MOST_PROPOSALS} cancellations, which is as many as it may. Let a person look at them. Nothing was done.`,
  );
}

import { checkAgainst } from '../../call/check-schema.ts';
import { issueTexts } from '../../call/issue-text.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { wrongUse } from '../terminal/wrong-use.ts';
import type { Found } from './answer.ts';
import type { Arguments } from './inputs.ts';

/** What the tools of one server work with. */
export interface ToolContext {
  readonly opened: OpenedServices;
  /** Opens the same accounts again, for what works with a queue. */
  readonly session: Session;
  /** Runs one piece of work with the queue after another: an embedded database has one owner at a time. */
  readonly inTurn: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Who is named in the audit trail. */
  readonly by: string;
  /** How many cancellations this server has proposed. */
  proposals: number;
}

/** A tool that a client can call. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Whether it changes nothing, here and at a provider. */
  readonly isReading: boolean;
  readonly json: Arguments<unknown>['json'];
  /** @throws ProviderError `invalid_request` for arguments that are not valid, and what the work throws */
  readonly run: (given: unknown, context: ToolContext, signal: AbortSignal) => Promise<Found>;
}

/** Makes a tool whose work is given checked arguments. */
export function tool<Input>({
  input,
  work,
  ...described
}: Pick<Tool, 'name' | 'title' | 'description' | 'isReading'> & {
  readonly input: Arguments<Input>;
  readonly work: (input: Input, context: ToolContext, signal: AbortSignal) => Promise<Found>;
}): Tool {
  return {
    ...described,
    json: input.json,
    run: async (given, context, signal) => {
      const checked = await checkAgainst(input.schema, given, 'constant');
      if (!checked.ok) {
        const issues = checked.issues.map((issue) => ({ ...issue, path: issue.path || 'the arguments' }));
        throw wrongUse(`the arguments are not valid: ${issueTexts(issues, 'argument')} Nothing was done.`);
      }
      return await work(checked.value, context, signal);
    },
  };
}

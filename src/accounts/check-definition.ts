import type { Capabilities } from '../contract/capabilities.ts';
import { TIMINGS } from '../contract/vocabulary.ts';

/** The parts of a provider's definition that can contradict each other. */
interface Definition {
  readonly specVersion: number;
  readonly id: string;
  readonly capabilities: Capabilities;
  readonly cancelTogether?: unknown;
  readonly status?: unknown;
  readonly revoke?: unknown;
  readonly options?: unknown;
  readonly confirm?: unknown;
  readonly extras?: unknown;
  readonly access?: unknown;
  readonly origins?: unknown;
  readonly responseIdHeader?: unknown;
}

/**
 * Makes sure that a provider's definition does not contradict itself.
 *
 * @throws TypeError
 */
export function checkDefinition(definition: Definition): void {
  const { id, capabilities, specVersion } = definition;
  const { timings, readBack, reason } = capabilities;
  const refuse = (words: string): never => {
    throw new TypeError(`defineProvider: ${words}`);
  };
  if (specVersion !== 1 && specVersion !== 2) refuse('specVersion must be 1 or 2');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) refuse('id must be 1 to 40 lower-case letters, digits and dashes');
  if (timings.length === 0) refuse(`${id} offers no timing`);
  const unknown = timings.find((timing) => !TIMINGS.includes(timing));
  if (unknown !== undefined) refuse(`${id} offers ${unknown}; the timings are ${TIMINGS.join(', ')}`);
  const declared = { ...capabilities, confirm: capabilities.confirm !== undefined };
  for (const name of ['status', 'revoke', 'options', 'confirm', 'cancelTogether', 'extras'] as const) {
    const capability = name === 'status' ? 'readBack' : name;
    const isDeclared = declared[capability] !== undefined && declared[capability] !== false;
    if (isDeclared === (definition[name] !== undefined)) continue;
    const what = name === 'extras' ? 'the schema extras' : `the function ${name}`;
    refuse(`${id} must have ${what} exactly if capabilities.${capability} is ${IS[name] ?? 'true'}`);
  }
  if (capabilities.revoke && !readBack) refuse(`${id} can only withdraw what it can read back`);
  if (declared.cancelTogether !== undefined && !readBack)
    refuse(`${id} can only cancel together what it can read back`);
  const { confirm } = capabilities;
  if (confirm !== undefined && (confirm === 'on_date' || !timings.includes(confirm))) {
    refuse(`${id}: capabilities.confirm must be one of its timings, and not on_date`);
  }
  if (reason.codes !== undefined && reason.providerCode === false) {
    refuse(`${id}: capabilities.reason lists codes and says that none is sent`);
  }
  if (reason.codeRequired === true && reason.codes === undefined) {
    refuse(`${id}: capabilities.reason requires a code and has no codes`);
  }
  if (reason.codes === 'listed' && capabilities.options !== true) {
    refuse(`${id}: the codes of a reason are listed by options, which ${id} does not have`);
  }
  if (specVersion === 2) return;
  const newer = NEWER.find((name) => definition[name] !== undefined);
  if (newer !== undefined) refuse(`${id} has ${newer}, which needs specVersion 2`);
  const later = timings.find((timing) => timing !== 'immediate' && timing !== 'end_of_period');
  if (later !== undefined) refuse(`${id} offers ${later}, which needs specVersion 2`);
}

const IS: Readonly<Record<string, string>> = { confirm: 'there', cancelTogether: 'there', extras: 'there' };

/** What version 1 of the contract does not have. */
const NEWER = ['access', 'origins', 'responseIdHeader', 'extras', 'options', 'confirm'] as const;

import { tracingChannel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { isProviderError, type OperationEvent } from '../../../src/index.ts';
import { figure, type Figure } from '../figure.ts';
import { inParallel } from '../parallel.ts';
import { Random } from '../random.ts';
import { edisOrderSubject, edisSubject } from './edis-scenarios.ts';
import { encoded, ENCODINGS, fragments, traces, type Encoding } from './encodings.ts';
import { hostingSubject } from './hosting-scenarios.ts';
import { pathSubject } from './path-scenarios.ts';
import { randomIdentifier, randomSecret, randomSshKey, type RandomSecret } from './random-secret.ts';
import { answering, echoOf, type Scenario, type Subject } from './scenario.ts';
import { leaks, SINKS, spilled, type Sink } from './sinks.ts';
import { vpsbgSubject } from './vpsbg-scenarios.ts';
import { whmcsAdminSubject, whmcsSubject } from './whmcs-scenarios.ts';

/** The outcomes for all secrets. */
export interface SecretFigures {
  readonly secrets: number;
  /** Calls, each with one secret, one encoding and one class of errors or results. */
  readonly calls: number;
  /** Sinks that were filled and looked through, over all calls. */
  readonly sinksSearched: number;
  /** Searches of a sink for one trace of a secret. */
  readonly searches: number;
  readonly hits: number;
  /** Hits by sink, and the first of them in full. */
  readonly hitsBySink: Readonly<Record<Sink, number>>;
  readonly examples: readonly string[];
  /** The classes that were tried with every secret they can have. */
  readonly classes: ReadonlySet<string>;
  /** Error codes that came out. */
  readonly codes: ReadonlySet<string>;
  /** Calls that did not end as their class must, of which nothing can be said. */
  readonly unexpectedEnds: readonly string[];
  /** Sinks that held the mark of a secret that was taken out. */
  readonly redactions: number;
}

interface Task {
  readonly secret: RandomSecret;
  readonly index: number;
  readonly subject: Subject;
  readonly scenario: Scenario;
  readonly encoding: Encoding;
  readonly traces: readonly string[];
}

/**
 * Lets servers repeat random secrets in every class of answers and in every encoding, and looks for them in all that
 * comes out.
 */
export async function proveSecrets(from: number, to: number, seed: number): Promise<SecretFigures> {
  const tally = {
    calls: 0,
    sinksSearched: 0,
    searches: 0,
    hits: 0,
    redactions: 0,
    hitsBySink: Object.fromEntries(SINKS.map((sink): [Sink, number] => [sink, 0])),
    examples: new Array<string>(),
    classes: new Set<string>(),
    codes: new Set<string>(),
    unexpectedEnds: new Array<string>(),
  };
  const tracing = collectTraces();
  for (let index = from; index < to; index += 1) {
    const secret = randomSecret(seed, index);
    const tasks = tasksFor(secret, index, seed);
    await inParallel(tasks.length, 64, async (position) => {
      const task = tasks[position];
      if (task === undefined) return;
      const random = new Random(seed, index, position);
      const { value, events } = await execute(task, random);
      const operationId = events.at(-1)?.operationId ?? '';
      const isPreview = classOf(task.scenario) === 'preview';
      const output = spilled({ value, events, trace: tracing.take(operationId), isPreview });
      // Parts of it only now and then: there are many.
      const parts = position % 8 === 0 ? fragments(task.secret.value) : [];
      const { found, searches } = leaks(output, [...task.traces, ...parts]);
      tally.calls += 1;
      tally.sinksSearched += Object.keys(output).length;
      tally.searches += searches;
      tally.hits += found.length;
      tally.redactions += Object.values(output).filter((text) => text.includes('[REDACTED]')).length;
      tally.classes.add(classOf(task.scenario));
      for (const sink of found) tally.hitsBySink[sink] = (tally.hitsBySink[sink] ?? 0) + 1;
      if (found.length > 0 && tally.examples.length < 5) tally.examples.push(describe(task, found, output));
      const end = isProviderError(value) ? value.code : 'result';
      if (end !== 'result') tally.codes.add(end);
      if (end !== task.scenario.expects && tally.unexpectedEnds.length < 100) {
        tally.unexpectedEnds.push(`${task.scenario.name}: ${end}, ${inspect(value)}`);
      }
    });
  }
  tracing.stop();
  return { secrets: to - from, ...tally, hitsBySink: withEverySink(tally.hitsBySink) };
}

export function secretFigures(found: SecretFigures): readonly Figure[] {
  const { secrets } = found;
  return [
    figure(6, 'secrets: random ones', secrets),
    figure(6, 'secrets: calls (secret × class × encoding)', found.calls, 'at_least', secrets * 8 * 17),
    figure(6, 'secrets: sinks looked through', found.sinksSearched, 'at_least', secrets * 8 * 17 * 5),
    figure(6, 'secrets: searches made in them', found.searches),
    figure(6, 'secrets: sinks where one had been taken out', found.redactions, 'at_least', secrets * 8),
    figure(6, 'secrets: calls that ended otherwise than they must', found.unexpectedEnds.length, 'exactly', 0),
    figure(6, 'secrets: hits', found.hits, 'exactly', 0),
  ];
}

/** The part of a scenario's name before the comma: after it stands how the class comes about. */
function classOf({ name }: Scenario): string {
  return name.split(',')[0] ?? name;
}

/** Each class and encoding once, the accounts and ways that lead to the class taking turns. */
function tasksFor(secret: RandomSecret, index: number, seed: number): readonly Task[] {
  const byClass = new Map<string, { readonly subject: Subject; readonly scenario: Scenario }[]>();
  for (const subject of subjectsFor(secret, new Random(seed, index, 7))) {
    for (const scenario of subject.scenarios) {
      const name = classOf(scenario);
      byClass.set(name, [...(byClass.get(name) ?? []), { subject, scenario }]);
    }
  }
  const known = new Map<Subject, readonly string[]>();
  const tracesOf = (subject: Subject): readonly string[] => {
    const own = known.get(subject) ?? subject.secrets.flatMap(traces);
    known.set(subject, own);
    return own;
  };
  return [...byClass.values()].flatMap((group) =>
    ENCODINGS.flatMap((encoding, turn) => {
      const choice = group[(index + turn) % group.length];
      return choice === undefined ? [] : [{ secret, index, encoding, ...choice, traces: tracesOf(choice.subject) }];
    }),
  );
}

function subjectsFor({ kind, value }: RandomSecret, random: Random): readonly Subject[] {
  const everywhere = [
    edisSubject(value),
    edisOrderSubject(value, randomSshKey(random)),
    whmcsSubject(value, randomIdentifier(random), randomIdentifier(random)),
    whmcsSubject(randomIdentifier(random), randomIdentifier(random), value),
    whmcsAdminSubject(value, randomIdentifier(random)),
    pathSubject(value, randomIdentifier(random)),
  ];
  return kind === 'token' ? [...everywhere, vpsbgSubject(value), hostingSubject(value)] : everywhere;
}

/** One call, whose server repeats one of the account's secrets, most often the random one. */
async function execute(
  { subject, scenario, encoding }: Task,
  random: Random,
): Promise<{ readonly value: unknown; readonly events: readonly OperationEvent[] }> {
  const repeated = random.chance(0.6) ? (subject.secrets[0] ?? '') : random.pick(subject.secrets);
  const echo = echoOf(encoded(repeated, encoding, random), random);
  const events: OperationEvent[] = [];
  const fetch = answering(scenario.answers(echo), random.chance(0.5));
  const ask = { fetch, onEvent: (event: OperationEvent) => void events.push(event), echo };
  try {
    return { value: await scenario.call(ask), events };
  } catch (error) {
    return { value: error, events };
  }
}

/** What the tracing channel says, by the call that it is about. */
function collectTraces(): { readonly take: (operationId: string) => unknown; readonly stop: () => void } {
  const channel = tracingChannel<unknown, object>('cancelkit:operation');
  const seen = new Map<string, unknown>();
  const keep = (message: object): void => {
    if ('operationId' in message && typeof message.operationId === 'string') seen.set(message.operationId, message);
  };
  const handlers = { start: keep, end: keep, asyncStart: keep, asyncEnd: keep, error: keep };
  channel.subscribe(handlers);
  return {
    take: (operationId) => {
      const message = seen.get(operationId);
      seen.delete(operationId);
      return message;
    },
    stop: () => channel.unsubscribe(handlers),
  };
}

function describe({ secret, scenario, encoding, index }: Task, sinks: readonly Sink[], output: object): string {
  const what = `${scenario.name}, ${encoding}, secret ${index} ${JSON.stringify(secret.value)}: ${sinks.join(', ')}`;
  return `${what}\n${inspect(Object.fromEntries(Object.entries(output).filter(([sink]) => sinks.some((one) => one === sink))), { maxStringLength: 600 })}`;
}

function withEverySink(counts: Readonly<Partial<Record<Sink, number>>>): Readonly<Record<Sink, number>> {
  const of = (sink: Sink): number => counts[sink] ?? 0;
  return {
    message: of('message'),
    providerMessage: of('providerMessage'),
    providerCode: of('providerCode'),
    issues: of('issues'),
    raw: of('raw'),
    stack: of('stack'),
    inspect: of('inspect'),
    json: of('json'),
    structuredClone: of('structuredClone'),
    preview: of('preview'),
    events: of('events'),
    tracing: of('tracing'),
  };
}

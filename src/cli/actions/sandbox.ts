import * as v from 'valibot';
import { internalsOf } from '../../accounts/account.ts';
import { deferred } from '../../platform/deferred.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { type BuiltInProvider, builtInProviders } from '../setup/built-in-providers.ts';
import type { SandboxFlags } from '../setup/flags.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { Session } from '../setup/session.ts';
import { shellWord } from '../setup/shell-word.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import type { Output } from '../terminal/output.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

const TICK_MS = 1000;

const settingsSchema = v.record(v.string(), v.string());
const emulatorSchema = v.object({
  seeded: v.record(v.string(), v.record(v.string(), v.union([v.string(), v.number()]))),
});

/** A provider of the sandbox: how it is reached, and which services it has. */
interface Emulated {
  readonly provider: BuiltInProvider;
  readonly settings: Readonly<Record<string, string>>;
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** By what they are examples of, as they are typed. */
  readonly services: Readonly<Record<string, string>>;
}

/** `cancelkit sandbox` */
export async function sandbox({ port }: SandboxFlags, { output, command }: Session): Promise<number> {
  await using running = await started(port);
  const emulated = builtInProviders.map((provider) => describe(provider, running));
  const { promise: stopped, resolve: stop } = deferred<void>();
  const quit = onInterrupt(stop);
  for (const { provider, settings, variables, services } of emulated) {
    const environment = Object.fromEntries(variables);
    output.record({ command, ok: true, result: { provider: provider.id, settings, environment, services } });
  }
  introduce(emulated, output);
  const ticking = setInterval(() => running.clock.advance({ milliseconds: TICK_MS }), TICK_MS);
  await stopped;
  clearInterval(ticking);
  quit();
  return EXIT.done;
}

async function started(port: number | undefined): Promise<Sandbox> {
  try {
    return await startSandbox(port === undefined ? {} : { port });
  } catch (error) {
    if (port === undefined || !(error instanceof Error)) throw error;
    // The sandbox's own words, such as that the port is in use.
    throw wrongUse(error.message.replace(/^startSandbox: (?:port: )?/, ''));
  }
}

function describe(provider: BuiltInProvider, running: object): Emulated {
  const all: unknown = Reflect.get(running, 'settings');
  const settings = v.parse(settingsSchema, Reflect.get(v.parse(v.looseObject({}), all), provider.id));
  const { seeded } = v.parse(emulatorSchema, Reflect.get(running, provider.id));
  const variables = Object.entries(settings).map(([option, value]): [string, string] => [
    provider.env[option] ?? option,
    value,
  ]);
  const services = Object.entries(seeded).map(([name, ids]): [string, string] => [name, typed(provider, ids)]);
  return { provider, settings, variables, services: Object.fromEntries(services) };
}

/** A seeded service in the form that has its very fields, else in the first one that it has all fields of. */
function typed(provider: BuiltInProvider, ids: Readonly<Record<string, string | number>>): string {
  const forms = internalsOf(provider.account())?.serviceForms ?? [];
  const fitting = forms.filter(({ example }) => Object.keys(example).every((key) => Object.hasOwn(ids, key)));
  const form = fitting.find(({ example }) => Object.keys(ids).length === Object.keys(example).length) ?? fitting[0];
  const fields = Object.entries(ids).filter(([key]) => form === undefined || Object.hasOwn(form.example, key));
  return writtenService(Object.fromEntries(fields), form?.plainId !== undefined);
}

/**
 * What can be pasted is printed as results, everything else as messages: a `#` begins no comment at the prompt of zsh.
 */
function introduce(emulated: readonly Emulated[], output: Output): void {
  output.message('The emulated providers, with services to try things on. Nothing leaves this machine.\n');
  output.message('Settings for the environment; paste them into another terminal:\n');
  for (const [name, value] of emulated.flatMap(({ variables }) => variables)) {
    output.line(`export ${name}=${shellWord(value)}`);
  }
  output.message('\nOr the same as a configuration file:\n');
  output.line("test -e cancelkit.config.mjs || cat > cancelkit.config.mjs <<'END'");
  for (const line of configFile(emulated)) output.line(line);
  output.line('END');
  output.message('\nServices to try:\n');
  for (const { provider, services } of emulated) {
    for (const [name, service] of Object.entries(services)) {
      output.message(`  ${name.padEnd(NAME_WIDTH)} cancelkit ${tryOn(provider, service)}`);
    }
  }
  output.message('\nThe sandbox is running, and its clock with it. Ctrl-C ends it.');
}

const NAME_WIDTH = 12;

/** A command to try: a read if the provider has one, else a cancellation. */
function tryOn({ id, account }: BuiltInProvider, service: string): string {
  return account().capabilities.readBack ? `status ${id} ${service}` : `cancel ${id} ${service} --when end_of_period`;
}

function configFile(emulated: readonly Emulated[]): readonly string[] {
  return [
    "import { defineConfig } from 'cancelkit/config';",
    ...emulated.map(({ provider: { id } }) => `import { ${id} } from 'cancelkit/${id}';`),
    'export default defineConfig({',
    '  accounts: {',
    ...emulated.map(({ provider: { id }, settings }) => `    ${id}: ${id}(${literal(settings)}),`),
    '  },',
    '});',
  ];
}

/** As JavaScript is written by hand. */
function literal(settings: Readonly<Record<string, string>>): string {
  const fields = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${fields.join(', ')} }`;
}

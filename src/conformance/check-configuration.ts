import assert from 'node:assert/strict';
import type { ProviderError } from '../index.ts';
import type { Check } from './check.ts';
import { holdsSecret } from './secret-encodings.ts';
import type { ConformanceSubject } from './subject.ts';
import { orderOf, serviceWith, settle, type Settled } from './trial.ts';

const NOWHERE = 'http://127.0.0.1:2';

/** Whether a configuration that lacks something is refused before anything is sent, with a word on what to do. */
export function configurationChecks(subject: ConformanceSubject): readonly Check[] {
  const { env } = subject.provider;
  const options = Object.entries(optionsOf(subject));
  return [
    {
      name: 'is not configured if the environment is empty, and says which variable is missing',
      run: async () => {
        for (const value of [undefined, '']) {
          const variables = Object.fromEntries(Object.values(env).map((name) => [name, value]));
          assertNamed(subject, await withEnvironment(variables, () => tried(subject, undefined)));
        }
      },
    },
    {
      name: 'is not configured if a function gives nothing',
      run: async () => {
        for (const source of [() => ({}), async () => ({}), () => undefined, () => null]) {
          assertNotConfigured(await tried(subject, source));
        }
      },
    },
    {
      name: 'is not configured without an option that it needs, and names the option and its variable',
      run: async () => {
        let needed = 0;
        for (const [name] of options) {
          const { [name]: _left, ...rest } = optionsOf(subject);
          const settled = await tried(subject, rest);
          if (settled.ok) continue;
          needed += 1;
          assertNotConfigured(settled);
          if (Object.hasOwn(env, name)) assertNamed(subject, settled);
          for (const value of [undefined, '', null])
            assertNotConfigured(await tried(subject, { ...rest, [name]: value }));
        }
        assert.ok(needed > 0, 'no option is needed');
      },
    },
    {
      name: 'is not configured if a secret has white space or invisible characters around it',
      run: async () => {
        const secret = options.filter(([, value]) => typeof value === 'string' && subject.secrets.includes(value));
        for (const [name, value] of secret) {
          for (const around of ['\n', '\r\n', ' ', '\t', '\uFEFF', '\u200B']) {
            for (const changed of [`${String(value)}${around}`, `${around}${String(value)}`]) {
              const settled = await tried(subject, { ...optionsOf(subject), [name]: changed });
              assert.ok(!settled.ok, `${name} was accepted with ${JSON.stringify(around)} around it`);
              assertNotConfigured(settled);
            }
          }
        }
      },
    },
    {
      name: 'is not configured where a variable in a secret was not replaced',
      run: async () => {
        const secret = options.filter(([, value]) => typeof value === 'string' && subject.secrets.includes(value));
        for (const [name] of secret) {
          for (const placeholder of ['${API_TOKEN}', '{{ token }}', '<token>', 'undefined']) {
            const settled = await tried(subject, { ...optionsOf(subject), [name]: placeholder });
            assert.ok(
              !settled.ok,
              `${name} was accepted as ${placeholder}, which the provider would take for a bad login`,
            );
            assertNotConfigured(settled);
          }
        }
      },
    },
    {
      name: 'never repeats a configuration that it refuses',
      run: async () => {
        const [marker = ''] = subject.secrets;
        for (const [name] of options) {
          for (const value of [[marker], { [marker]: marker }, { value: marker }]) {
            const settled = await tried(subject, { ...optionsOf(subject), [name]: value });
            if (settled.ok) continue;
            assert.equal(settled.error.code, 'not_configured');
            assert.ok(!holdsSecret(JSON.stringify(settled.error), [marker]), `${name}: the error repeats the value`);
          }
        }
      },
    },
    ...(options.every(([name, value]) => Object.hasOwn(env, name) && typeof value === 'string')
      ? [{ name: 'reads its environment variables at the time of the call', run: () => readsEnvironment(subject) }]
      : []),
  ];
}

async function readsEnvironment(subject: ConformanceSubject): Promise<void> {
  const { env } = subject.provider;
  const config = optionsOf(subject);
  const service = serviceWith(subject, undefined);
  const variables = Object.fromEntries(Object.entries(config).map(([name, value]) => [env[name] ?? '', String(value)]));
  const preview = await withEnvironment(variables, () => service.preview(orderOf(subject)));
  assert.deepEqual(preview, await serviceWith(subject, config).preview(orderOf(subject)));
}

function assertNotConfigured(settled: Settled<unknown>): ProviderError {
  assert.ok(!settled.ok, 'an incomplete configuration was accepted');
  assert.equal(settled.error.code, 'not_configured', settled.error.message);
  return settled.error;
}

function assertNamed({ provider }: ConformanceSubject, settled: Settled<unknown>): void {
  const { message } = assertNotConfigured(settled);
  const pairs = Object.entries(provider.env);
  assert.ok(pairs.length > 0, 'no environment variable is declared');
  const named = pairs.some(([option, variable]) => message.includes(option) && message.includes(variable));
  assert.ok(named, `neither an option nor its environment variable is named: ${message}`);
}

/** Tries to preview and to cancel; fails if anything is sent although the preview is refused. */
async function tried(subject: ConformanceSubject, config: unknown): Promise<Settled<unknown>> {
  let sent = 0;
  const fetch = async (): Promise<Response> => {
    sent += 1;
    return Response.json({});
  };
  const service = serviceWith(subject, config, { fetch });
  const preview = await settle(service.preview(orderOf(subject)));
  if (preview.ok) return preview;
  const cancelled = await settle(service.cancel(orderOf(subject)));
  assert.equal(cancelled.ok ? 'accepted' : cancelled.error.code, preview.error.code);
  assert.equal(sent, 0, 'something was sent');
  return preview;
}

function optionsOf(subject: ConformanceSubject): Record<string, unknown> {
  const config: unknown = subject.config(NOWHERE);
  return typeof config === 'object' && config !== null ? { ...config } : {};
}

/** Runs `work` with environment variables set or, if they are undefined, taken away; then puts all back. */
async function withEnvironment<Value>(
  variables: Readonly<Record<string, string | undefined>>,
  work: () => Promise<Value>,
): Promise<Value> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = ([name, value]: readonly [string, string | undefined]): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  Object.entries(variables).forEach(set);
  try {
    return await work();
  } finally {
    before.forEach(set);
  }
}

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { internalsOf } from '../accounts/account.ts';
import { onAnotherDay } from './check-purity.ts';
import type { Check } from './check.ts';
import { secretsOf } from './logins.ts';
import { holdsSecret } from './secret-encodings.ts';
import type { ConformanceSubject } from './subject.ts';
import { ACCOUNT, withTrial } from './trial.ts';

/** Whether an adapter that says where a person finds a service says so safely. One that does not say passes. */
export function whereChecks(subject: ConformanceSubject): readonly Check[] {
  const services = [subject.service, ...(subject.otherServices ?? [])];
  return [
    {
      name: 'says where to look for every form of a service, in a form that can be shown, and sends nothing',
      run: () =>
        withTrial(subject, [], async ({ server, service }) => {
          for (const one of services) {
            const said = await whereIn(subject, server.origin, one);
            // The core takes out what it does not show: a secret, an address that is neither https nor loopback.
            assert.deepEqual(await service.whereToLook({ account: ACCOUNT, service: one }), said);
          }
          assert.equal(server.requests.length, 0, 'something was sent');
        }),
    },
    {
      name: 'puts no secret into where to look',
      run: async () => {
        for (const one of services) {
          const said = await whereIn(subject, NOWHERE, one);
          assert.ok(!holdsSecret(inspect(said, { depth: Infinity }), secretsOf(subject)), 'a secret is shown');
        }
      },
    },
    {
      name: 'says to look at the same place whenever it is asked, and not by chance',
      run: async () => {
        const ask = (): Promise<unknown> => whereIn(subject, NOWHERE, subject.service);
        assert.deepEqual(await onAnotherDay(ask), await ask());
      },
    },
  ];
}

const NOWHERE = 'http://127.0.0.1:2';

/** What the adapter itself says; `undefined` if it does not. */
async function whereIn(subject: ConformanceSubject, baseUrl: string, service: unknown): Promise<unknown> {
  const internals = internalsOf(subject.provider.account(subject.config(baseUrl)));
  const bound = await internals?.bind(service);
  assert.ok(bound?.ok === true, 'the service was refused');
  const configured = await bound.value.configure();
  assert.ok(configured.ok, 'the configuration was refused');
  try {
    return configured.value.whereToLook?.();
  } catch {
    return assert.fail('the adapter fails if it is asked where to look');
  }
}

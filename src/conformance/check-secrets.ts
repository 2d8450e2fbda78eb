import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { inOrder } from './answers.ts';
import type { Check } from './check.ts';
import { secretsOf } from './logins.ts';
import { undone } from './read-back.ts';
import { madeHeaders, fieldsOf } from './request-fields.ts';
import { holdsSecret } from './secret-encodings.ts';
import type { ConformanceSubject } from './subject.ts';
import { ACCOUNT, orderOf, settle, successAnswers, timingsOf, whenFor, withTrial } from './trial.ts';

/** Whether the credentials go where they belong, and nowhere else. */
export function secretChecks(subject: ConformanceSubject): readonly Check[] {
  const { provider } = subject;
  const secrets = secretsOf(subject);
  return [
    {
      name: 'shows no secret in a preview',
      run: () =>
        withTrial(subject, [], async ({ service }) => {
          for (const when of timingsOf(subject).map((timing) => whenFor(subject, timing))) {
            const preview = await service.preview(orderOf(subject, { when }));
            for (const text of [preview.url, preview.body ?? '', ...Object.values(preview.headers)]) {
              assert.ok(!holdsSecret(text, secrets), 'a secret is in the preview');
            }
          }
        }),
    },
    {
      name: 'gives the server its credentials, and never in the URL',
      run: () => givesCredentials(subject),
    },
    {
      name: 'holds the configuration where no inspection of the account shows it',
      run: async () => {
        const account = provider.account(subject.config('http://127.0.0.1:2'));
        const seen = `${JSON.stringify(account)} ${inspect(account, { depth: Infinity, showHidden: true })}`;
        assert.ok(!holdsSecret(seen, secrets), 'a secret can be seen in the account');
      },
    },
  ];
}

async function givesCredentials(subject: ConformanceSubject): Promise<void> {
  const secrets = secretsOf(subject);
  const requests = await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
    await settle(service.cancel(orderOf(subject)));
    await settle(service.status({ account: ACCOUNT, service: subject.service }));
    return server.requests;
  });
  const { revoke } = subject.provider.capabilities;
  const undo = revoke ? await undone(subject, inOrder([])) : { requests: [] };
  assert.ok(requests.length > 0, 'nothing was sent');
  const values = requests.flatMap((request) => [...fieldsOf(request).values()]);
  // A signature is made of a secret, and holds none.
  const isSigned =
    values.some((value) => holdsSecret(value, secrets)) || (await madeHeaders(subject, 'signed')).length > 0;
  assert.ok(isSigned, 'no secret reached the server');
  for (const { target } of [...requests, ...undo.requests]) {
    assert.ok(!holdsSecret(target, secrets), 'a secret is in the URL');
  }
}

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Check } from './check.ts';
import { madeHeaders, contentOf } from './request-fields.ts';
import type { ConformanceSubject } from './subject.ts';
import { detailsSentFor, orderOf, settle, successAnswers, withTrial } from './trial.ts';

/** Whether the provider's own fields of a cancellation are sent, and refused if they are not valid. */
export function extrasChecks(subject: ConformanceSubject): readonly Check[] {
  const described = subject.provider.capabilities.extras;
  if (described === undefined) return [];
  const { valid = [], invalid = [] } = subject.extras ?? {};
  return [
    {
      name: 'takes its extras, each of which it describes, and sends them',
      run: async () => {
        assert.ok(valid.length > 0, 'there are no extras to try');
        // A signature differs from request to request anyway.
        const made = new Set((await madeHeaders(subject)).map((name) => `header.${name}`));
        const contentWith = async (parts: object): Promise<unknown> =>
          Object.entries(contentOf(await detailsSentFor(subject, { ...parts }))).filter(([place]) => !made.has(place));
        const plain = await contentWith({});
        const sent = await Promise.all(valid.map((extras) => contentWith({ extras })));
        assert.ok(!sent.every((one) => isDeepStrictEqual(one, plain)), 'no extras change the request');
        const names = new Set(valid.flatMap((extras) => Object.keys(extras)));
        assert.deepEqual(names, new Set(Object.keys(described)), 'capabilities.extras describes others than are taken');
      },
    },
    {
      name: 'refuses other extras, without sending anything',
      run: () =>
        withTrial(subject, successAnswers(subject), async ({ server, service }) => {
          for (const extras of [...invalid, { surprise: true }, null, [], 'extras']) {
            const settled = await settle(service.cancel(orderOf(subject, { extras })));
            assert.ok(!settled.ok && settled.error.code === 'invalid_request', `taken: ${JSON.stringify(extras)}`);
            const paths = (settled.error.issues ?? []).map(({ path }) => path);
            assert.ok(
              paths.every((path) => path.startsWith('extras')),
              `an issue is about ${paths.join(', ')}`,
            );
          }
          assert.equal(server.requests.length, 0, 'something was sent');
        }),
    },
  ];
}

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Check } from './check.ts';
import { madeHeaders, contentOf } from './request-fields.ts';
import type { ConformanceSubject } from './subject.ts';
import { beforeCancelOf, detailsSentFor, orderOf, settle, successAnswers, withTrial } from './trial.ts';

/** Whether the provider's own fields of a cancellation are sent, and refused if they are not valid. */
export function extrasChecks(subject: ConformanceSubject): readonly Check[] {
  if (subject.provider.capabilities.extras === undefined) return [];
  const { valid = [], invalid = [] } = subject.extras ?? {};
  const others = [...invalid, { surprise: true }, null, [], 'extras'];
  return [
    subject.takesNoExtras === true
      ? {
          name: 'refuses its extras for this service, and only reads',
          run: () => refuses(subject, valid, beforeCancelOf(subject).length),
        }
      : { name: 'takes its extras, each of which it describes, and sends them', run: () => sends(subject, valid) },
    { name: 'refuses other extras, without sending anything', run: () => refuses(subject, others, 0) },
  ];
}

async function sends(subject: ConformanceSubject, valid: readonly object[]): Promise<void> {
  assert.ok(valid.length > 0, 'there are no extras to try');
  // A signature differs from request to request anyway.
  const made = new Set((await madeHeaders(subject)).map((name) => `header.${name}`));
  const contentWith = async (parts: object): Promise<unknown> =>
    Object.entries(contentOf(await detailsSentFor(subject, { ...parts }))).filter(([place]) => !made.has(place));
  const plain = await contentWith({});
  const sent = await Promise.all(valid.map((extras) => contentWith({ extras })));
  assert.ok(!sent.every((one) => isDeepStrictEqual(one, plain)), 'no extras change the request');
  const names = new Set(valid.flatMap((extras) => Object.keys(extras)));
  const described = new Set(Object.keys(subject.provider.capabilities.extras ?? {}));
  assert.deepEqual(names, described, 'capabilities.extras describes others than are taken');
}

/** @param reads how many requests may be sent for each: the reads before a cancellation. */
async function refuses(subject: ConformanceSubject, refused: readonly unknown[], reads: number): Promise<void> {
  assert.ok(refused.length > 0, 'there are no extras to try');
  for (const extras of refused) {
    await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
      const settled = await settle(service.cancel(orderOf(subject, { extras })));
      assert.ok(!settled.ok && settled.error.code === 'invalid_request', `taken: ${JSON.stringify(extras)}`);
      const paths = (settled.error.issues ?? []).map(({ path }) => path);
      assert.ok(
        paths.every((path) => path.startsWith('extras')),
        `an issue is about ${paths.join(', ')}`,
      );
      assert.ok(server.requests.length <= reads, 'something was sent');
    });
  }
}

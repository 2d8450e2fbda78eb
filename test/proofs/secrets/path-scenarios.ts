import { createCancelService } from '../../../src/index.ts';
import { pathAccount } from '../routing/path-provider.ts';
import { commonScenarios, type Ask, type Scenario, type Subject } from './scenario.ts';

/** A provider of a third party: one of its secrets is in the path of its requests, and so in their events. */
export function pathSubject(key: string, pathKey: string): Subject {
  const account = pathAccount({ baseUrl: 'https://api.example/v1', key, pathKey });
  const cancel = (ask: Ask, id: string, options?: { readonly signal: AbortSignal }): Promise<unknown> =>
    createCancelService({ a: account }, { fetch: ask.fetch, onEvent: ask.onEvent }).cancel(
      { account: 'a', service: { id, method: 'DELETE', body: 'json' }, when: 'immediate', reason: ask.echo.text },
      options,
    );
  const inPath = `id-${pathKey}`;
  const inHeader = /^[\x20-\x7e\x80-\xff]*$/.test(key);
  const own: readonly Scenario[] = [
    { name: 'invalid_request', expects: 'invalid_request', answers: () => [], call: (ask) => cancel(ask, `../${key}`) },
    {
      name: 'preview',
      expects: inHeader ? 'result' : 'invalid_request',
      answers: () => [],
      call: ({ fetch, onEvent, echo }) =>
        createCancelService({ a: account }, { fetch, onEvent }).preview({
          account: 'a',
          service: { id: inPath, method: 'POST', body: echo.text.length % 2 === 0 ? 'json' : 'form' },
          when: 'immediate',
          reason: echo.text,
        }),
    },
  ];
  // A header cannot carry any other secret: nothing can be sent with it.
  const sending = inHeader ? commonScenarios((ask, options) => cancel(ask, inPath, options)) : [];
  return { account, secrets: [key, pathKey], scenarios: [...own, ...sending] };
}

import { createCancelService, type ProviderError } from 'cancelkit';
import type { CancelQueue } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datedProvider, type DatedAccount, TOKEN } from '../support/dated.ts';
import { failureOf } from '../support/failure.ts';
import { json, networkError, recordingFetch } from '../support/fetch.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, settle } from './support/open-queue.ts';
import { shiftClock } from './support/shifted-clock.ts';

type Own = { readonly dated: DatedAccount };

interface Waiting {
  readonly schema: string;
  readonly queue: CancelQueue<Own>;
  readonly bodies: string[];
  readonly writes: () => number;
  readonly reopen: () => Promise<CancelQueue<Own>>;
}

const TOKEN_BY_MAIL = 'mail-token-9c41d7';
const request = {
  account: 'dated',
  service: { id: 'vps-1' },
  when: 'immediate',
  reason: { category: 'too_expensive' },
  extras: { reserveLocation: true },
} as const;

describe.each(DATABASES)('a cancellation that waits for a confirmation on %s', (name, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  /** A queue with one cancellation of which the provider has sent a token to a person. */
  async function waiting(
    confirm: () => Response | Promise<Response>,
    read: () => Response = () => json({ verdict: 'found', status: { state: 'none', revocable: false, raw: null } }),
    beforeCall: () => void = () => undefined,
    baseUrlOf: () => string = () => 'https://dated.example',
  ): Promise<Waiting> {
    const bodies: string[] = [];
    let writes = 0;
    const { fetch } = recordingFetch(({ url, method, body }) => {
      if (method !== 'POST') return read();
      bodies.push(body);
      if (url.endsWith('/confirm')) return confirm();
      writes += 1;
      return json({ verdict: 'confirmation_required', sentTo: 'email' });
    });
    const account = datedProvider().account(() => {
      beforeCall();
      return { baseUrl: baseUrlOf(), token: TOKEN };
    });
    const services = createCancelService({ dated: account }, { fetch });
    const queue = await openQueue<Own>(database, { services });
    const reopen = (): Promise<CancelQueue<Own>> => openQueue<Own>(database, { services, schema: queue.schema });
    await queue.enqueue(request, { id: 'one' });
    await queue.work({ stopWhenIdle: true });
    return { queue, schema: queue.schema, bodies, writes: () => writes, reopen };
  }

  it('waits as before if a person reads it back and it is not there', async () => {
    const { queue } = await waiting(() => json({ verdict: 'accepted', outcome: 'completed' }));
    const before = await queue.get('one');
    expect(await queue.readBack('one', { by: 'ann' })).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { ok: false, error: { code: 'confirmation_required' } },
    });
    expect((await queue.get('one'))?.outcome).toEqual(before?.outcome);
    await queue.work({ stopWhenIdle: true });
    expect(await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' })).toMatchObject({ state: 'completed' });
    await queue.close();
  });

  it('is settled if a person reads it back and it is there', async () => {
    const there = { state: 'requested', when: 'immediate', revocable: false, raw: null };
    const { queue, writes } = await waiting(
      () => json({ verdict: 'accepted', outcome: 'completed' }),
      () => json({ verdict: 'found', status: there }),
    );
    expect(await queue.readBack('one', { by: 'ann' })).toMatchObject({ state: 'requested', needsPerson: false });
    expect(writes()).toBe(1);
    await queue.close();
  });

  it('is sent once, and waits for a person', async () => {
    const { queue, writes } = await waiting(() => json({ verdict: 'accepted', outcome: 'completed' }));
    await queue.work({ stopWhenIdle: true });
    expect(writes()).toBe(1);
    expect(await queue.get('one')).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      request,
      outcome: { ok: false, error: { code: 'confirmation_required', confirmation: { sentTo: 'email' } } },
    });
    await queue.close();
  });

  it('takes the token, with what was enqueued, and keeps it nowhere', async () => {
    const { queue, bodies } = await waiting(() =>
      json({ verdict: 'accepted', outcome: 'completed', echo: TOKEN_BY_MAIL }),
    );
    const after = await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann', note: 'from the mail' });
    expect(after).toMatchObject({ state: 'completed', needsPerson: false, outcome: { ok: true } });
    expect(bodies.at(-1)).toBe(
      JSON.stringify({ token: TOKEN_BY_MAIL, reasonText: 'Too expensive', reserveLocation: true }),
    );
    const record = await queue.get('one');
    expect(record?.history.at(-1)).toMatchObject({ type: 'confirmed', data: { by: 'ann', outcome: 'completed' } });
    expect(JSON.stringify(record)).not.toContain(TOKEN_BY_MAIL);
    expect(JSON.stringify(record)).not.toContain(TOKEN);
    await queue.close();
  });

  it('waits as before if the token is refused', async () => {
    const { queue } = await waiting(() =>
      json({ verdict: 'refused', code: 'rejected', message: 'a wrong token.' }, 400),
    );
    const refused = await failureOf(queue.confirm('one', { token: 'another-token', by: 'ann' }));
    expect(refused).toMatchObject({ code: 'rejected' });
    expect(await queue.get('one')).toMatchObject({ state: 'unknown', needsPerson: true });
    expect((await queue.get('one'))?.history.at(-1)).toMatchObject({
      type: 'confirmation_refused',
      data: { by: 'ann', code: 'rejected' },
    });
    await queue.close();
  });

  it.each([
    ['unauthorized', json({ verdict: 'refused', code: 'unauthorized', message: 'the key is wrong.' }, 401)],
    ['rate_limited', json({}, 429, { 'retry-after': '3600' })],
  ])('lets the account rest that answers %s, and passes no token on while it rests', async (because, answer) => {
    const { queue, bodies } = await waiting(() => answer.clone());
    const confirm = (): Promise<ProviderError> => failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' }));
    expect((await confirm()).code).toBe(because);
    const sent = bodies.length;
    const resting = await confirm();
    expect(resting).toMatchObject({ code: 'unavailable', account: 'dated', retryAt: expect.any(String) });
    expect(resting.message).toContain(because);
    expect(bodies).toHaveLength(sent);
    expect((await queue.stats()).accounts['dated']).toMatchObject({ pausedBecause: because });
    expect(await queue.get('one')).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { error: { code: 'confirmation_required' } },
    });
    await queue.resume('dated');
    expect((await confirm()).code).toBe(because);
    await queue.close();
  });

  it('is read back if the response to the token is lost', async () => {
    let isConfirmed = false;
    const { queue } = await waiting(
      () => {
        isConfirmed = true;
        throw networkError('ECONNRESET');
      },
      () =>
        json({ verdict: 'found', status: { state: isConfirmed ? 'unknown' : 'none', revocable: false, raw: null } }),
    );
    const after = await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' });
    expect(after).toMatchObject({
      state: 'unknown',
      needsPerson: false,
      outcome: { error: { code: 'outcome_unknown' } },
    });
    expect(await failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' }))).toMatchObject({
      code: 'invalid_request',
    });
    await queue.close();
  });

  it('is taken by no other decision than those for an unknown one', async () => {
    const { queue } = await waiting(() => json({ verdict: 'accepted', outcome: 'completed' }));
    expect(await failureOf(queue.confirm('two', { token: TOKEN_BY_MAIL, by: 'ann' }))).toMatchObject({
      code: 'invalid_request',
    });
    await queue.resolve('one', { as: 'requested', by: 'ann' });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', needsPerson: false });
    expect(await failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' }))).toMatchObject({
      code: 'invalid_request',
    });
    await queue.close();
  });

  it('passes the token on once, and lets nobody decide meanwhile', async () => {
    const others: Promise<ProviderError>[] = [];
    let working: Promise<void> | undefined;
    const { queue, bodies } = await waiting(async () => {
      others.push(
        failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'bob' })),
        failureOf(queue.resolve('one', { as: 'refused', by: 'bob' })),
        failureOf(queue.retry('one', { by: 'bob' })),
      );
      await Promise.all(others);
      // A worker takes nothing of it, and is not idle meanwhile.
      working = queue.work({ stopWhenIdle: true });
      return json({ verdict: 'accepted', outcome: 'completed' });
    });
    const after = await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' });
    expect((await Promise.all(others)).map(({ code }) => code)).toEqual(Array<string>(3).fill('invalid_request'));
    await working;
    expect(after).toMatchObject({ state: 'completed', needsPerson: false });
    expect(bodies.filter((body) => body.includes(TOKEN_BY_MAIL))).toHaveLength(1);
    await queue.close();
  });

  it('is not passed on any more if the machine slept meanwhile for longer than its lease', async () => {
    await using slept = new AsyncDisposableStack();
    let isAsleep = false;
    // The monotonic clock stands still meanwhile, as it does on Linux and macOS.
    const sleep = (): void => {
      if (isAsleep) slept.adopt(shiftClock(3_600_000), (clock) => clock[Symbol.dispose]());
    };
    const { queue, bodies } = await waiting(
      () => json({ verdict: 'accepted', outcome: 'completed' }),
      undefined,
      sleep,
    );
    isAsleep = true;
    const error = await failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'kim' }));
    expect(error.code).toBe('aborted');
    expect(bodies.filter((body) => body.includes(TOKEN_BY_MAIL))).toEqual([]);
    expect(await queue.get('one')).toMatchObject({ state: 'unknown', needsPerson: true });
    await queue.close();
  });

  it('says after a quarantine that its token may have been passed on, and still takes it', async () => {
    const { queue } = await waiting(() => json({ verdict: 'accepted', outcome: 'completed' }));
    const since = '2026-01-01T00:00:00.000Z';
    for (const _time of ['once', 'twice']) {
      expect(await queue.quarantine({ since, by: 'ann' })).toEqual({ readBack: 0, needsPerson: 1, otherAccounts: [] });
    }
    const record = await queue.get('one');
    expect(record).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { error: { code: 'confirmation_required' } },
    });
    const said = record?.outcome?.ok === false ? record.outcome.error.message : '';
    expect(said.match(/what a person has done since 2026-01-01T00:00:00\.000Z is missing/g)).toHaveLength(1);
    expect(record?.history.at(-1)).toMatchObject({ type: 'quarantined', data: { since, by: 'ann', was: 'unknown' } });
    expect(await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'kim' })).toMatchObject({ state: 'completed' });
    await queue.close();
  });

  it('may have been carried out if the ledger could not be written after the token was passed on', async () => {
    const { queue, bodies, reopen } = await waiting(async () => {
      await queue.close();
      return json({ verdict: 'accepted', outcome: 'completed' });
    });
    const failure = await failureOf(queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' }));
    expect(failure.code).toBe('outcome_unknown');
    const later = await reopen();
    expect(await later.get('one')).toMatchObject({ state: 'unknown', outcome: { error: { code: 'outcome_unknown' } } });
    const again = await failureOf(later.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' }));
    expect(again.code).toBe('invalid_request');
    expect(bodies.filter((body) => body.includes(TOKEN_BY_MAIL))).toHaveLength(1);
    await later.close();
  });

  it('waits again, with its own error, after a refused token', async () => {
    const answers = [
      json({ verdict: 'refused', code: 'rejected', message: 'a wrong token.' }, 400),
      json({ verdict: 'accepted', outcome: 'completed' }),
    ];
    const { queue } = await waiting(() => answers.shift() ?? json({}, 500));
    await failureOf(queue.confirm('one', { token: 'another-token', by: 'ann' }));
    const record = await queue.get('one');
    expect(record).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { error: { code: 'confirmation_required', confirmation: { sentTo: 'email' } } },
    });
    expect(record?.history.at(-1)).toMatchObject({
      type: 'confirmation_refused',
      data: { by: 'ann', code: 'rejected' },
    });
    expect(await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' })).toMatchObject({ state: 'completed' });
    await queue.close();
  });

  it('goes on waiting for its token when an account is resumed that led to another place for a while', async () => {
    let place = 'https://dated.example';
    const { queue, writes } = await waiting(
      () => json({ verdict: 'accepted', outcome: 'completed' }),
      undefined,
      undefined,
      () => place,
    );
    place = 'https://moved.example';
    expect(await queue.readBack('one', { by: 'ann' }).catch((error: unknown) => error)).toMatchObject({
      code: 'not_configured',
    });
    place = 'https://dated.example';
    await queue.resume('dated');
    await queue.work({ stopWhenIdle: true });
    const after = await queue.get('one');
    expect(after).toMatchObject({
      state: 'unknown',
      needsPerson: true,
      outcome: { error: { code: 'confirmation_required' } },
    });
    expect(writes()).toBe(1);
    expect(await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' })).toMatchObject({ state: 'completed' });
    await queue.close();
  });

  // The embedded database has one process.
  it.skipIf(name === 'PGlite')(
    'is read back if whoever passed the token on is gone, and a late yes still counts',
    async () => {
      const seen: unknown[] = [];
      const { queue, schema } = await waiting(async () => {
        await using tables = await openTables(database);
        const over = `UPDATE ${schema}.cancellation SET lease_until = clock_timestamp() - interval '1 second'`;
        await tables.query(over, []);
        await settle(queue, 'one');
        seen.push(await queue.get('one'));
        return json({ verdict: 'accepted', outcome: 'completed' });
      });
      const after = await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' });
      expect(seen).toMatchObject([{ state: 'refused', outcome: { error: { code: 'rejected' } } }]);
      expect(after).toMatchObject({ state: 'completed', outcome: { ok: true } });
      await queue.close();
    },
  );

  it.skipIf(name === 'PGlite')(
    'counts, though another request is in flight by then, once that one is lost',
    async () => {
      const { queue, schema } = await waiting(async () => {
        await using tables = await openTables(database);
        // As if it had been found absent, and sent again by a worker that is gone.
        await tables.query(
          `UPDATE ${schema}.cancellation SET state = 'sent', claim = claim + 3, lease_until = clock_timestamp()`,
        );
        return json({ verdict: 'accepted', outcome: 'completed' });
      });
      expect(await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' })).toMatchObject({ state: 'sent' });
      await queue.work({ stopWhenIdle: true });
      expect(await queue.get('one')).toMatchObject({ state: 'completed', needsPerson: false, outcome: { ok: true } });
      await queue.close();
    },
  );

  it.skipIf(name === 'PGlite')('does not end what was planned at another place since', async () => {
    const { queue, schema } = await waiting(async () => {
      await using tables = await openTables(database);
      // Whoever passed the token on was suspended, and a person retried it with acceptPlace meanwhile.
      await tables.query(
        `UPDATE ${schema}.cancellation SET state = 'planned', error = NULL, claim = claim + 3, lease_until = NULL,
           not_before = clock_timestamp() + interval '1 hour', place = 'dated https://moved.example/'`,
      );
      return json({ verdict: 'accepted', outcome: 'completed' });
    });
    const after = await queue.confirm('one', { token: TOKEN_BY_MAIL, by: 'ann' });
    expect(after).toMatchObject({ state: 'planned', place: 'dated https://moved.example/' });
    expect((await queue.get('one'))?.history.at(-1)).toMatchObject({
      type: 'confirmed',
      data: { outcome: 'completed' },
    });
    await queue.close();
  });
});

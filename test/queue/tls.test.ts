import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../campaign/certificate.ts';
import { failureOf } from '../support/failure.ts';
import { startPostgresServer, type TestServer } from './support/databases.ts';
import { openQueue } from './support/open-queue.ts';
import { openShop, request } from './support/shop.ts';

describe('a PostgreSQL server with a certificate of its own authority', () => {
  let server: TestServer;
  let directory: string;
  let authority: string;
  beforeAll(async () => {
    server = await startPostgresServer();
    directory = await mkdtemp(join(tmpdir(), 'queue-tls-'));
    authority = join(directory, 'ca.pem');
    const { key, cert } = makeCertificate();
    await writeFile(authority, cert);
    const client = new pg.Client({ connectionString: server.address });
    await client.connect();
    const { rows } = await client.query<{ readonly data: string }>(`SELECT current_setting('data_directory') AS data`);
    const data = String(rows[0]?.data);
    // Written by the server, which takes a key of its own alone.
    for (const [file, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
      const lines = text.trim().split('\n');
      const values = lines.map((line, index) => `(${index}, '${line}')`).join(', ');
      await client.query(
        `COPY (SELECT line FROM (VALUES ${values}) AS x(at, line) ORDER BY at) TO PROGRAM 'umask 077; cat > ${join(data, file)}'`,
      );
    }
    await client.query('ALTER SYSTEM SET ssl = on');
    await client.end();
    await server.stop();
    await server.start();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  const at = (query: string): TestServer => ({ ...server, address: `${server.address}?${query}` });

  it('is refused under sslmode=require, and the error says what to add to the address', async () => {
    const error = await failureOf(openQueue(at('sslmode=require'), { services: openShop().services }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain('sslrootcert=');
    expect(error.message).toContain('uselibpqcompat=true&sslmode=require');
    expect(error.message).not.toContain('password-of-the-test');
  });

  it('is taken with what the error says', async () => {
    for (const query of [`sslmode=verify-full&sslrootcert=${authority}`, 'uselibpqcompat=true&sslmode=require']) {
      await using queue = await openQueue(at(query), { services: openShop().services });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      expect(await queue.get('one')).toMatchObject({ state: 'planned' });
    }
  });

  it('is refused clearly if the file of the authority cannot be read', async () => {
    const error = await failureOf(
      openQueue(at(`sslmode=verify-full&sslrootcert=${authority}.missing`), { services: openShop().services }),
    );
    expect(error).toMatchObject({ code: 'unavailable', operation: 'queue', providerCode: 'ENOENT' });
    expect(error.message).toContain('sslrootcert');
  });
});

describe('a PostgreSQL server without TLS', { timeout: 60_000 }, () => {
  it('is refused if the address asks for it', async () => {
    await using server = await startPostgresServer();
    const encrypted = { ...server, address: `${server.address}?sslmode=require` };
    const error = await failureOf(openQueue(encrypted, { services: openShop().services }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain('does not offer TLS');
  });
});

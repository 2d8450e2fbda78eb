import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

// What an editor shows for a type is what the compiler prints of it, and an error says so in words.
const source = `
import { createCancelService, type CancelRequest } from 'cancelkit';
import { acmeProvider } from '${root}test/support/acme.ts';
import { miniProvider } from '${root}test/support/mini.ts';

const accounts = { plesk: acmeProvider().account(), vps: miniProvider.account() };
const services = createCancelService(accounts);
declare const request: CancelRequest<typeof accounts>;
if (request.account === 'plesk') {
  show_service(request.service);
  show_when(request.when);
} else {
  show_service(request.service);
  show_when(request.when);
}
services.cancel({ account: 'plesk', service: { hostingId: 'h-1' }, when: 'immediate' });
services.cancel({ account: 'vps', service: { serverId: 1 }, when: 'end_of_period' });
services.cancel({ account: 'brand-a', service: { serverId: 1 }, when: 'immediate' });
export async function result(): Promise<void> {
  const { account, provider, service, when } = await services.cancel({ account: 'vps', service: { serverId: 1 }, when: 'immediate' });
  show_all([account, provider, service, when]);
}
declare function show_service(of: never): void;
declare function show_when(of: never): void;
declare function show_all(of: never): void;
`;

describe('what the compiler says of a request', () => {
  let folder = '';
  let said = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cancelkit-types-'));
    await writeFile(join(folder, 'shown.ts'), source);
    const compilerOptions = { rootDir: '/', typeRoots: [join(root, 'node_modules/@types')] };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['./shown.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    said = await compile(folder);
  }, 60_000);

  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  it('shows each service as its plain shape', () => {
    expect(said).toContain("'{ hostingId: string; domain: string; }' is not assignable to parameter of type 'never'");
    expect(said).toContain("'{ serverId: number; }' is not assignable to parameter of type 'never'");
  });

  it('shows the timings as plain words', () => {
    expect(said).toContain(`'"immediate"' is not assignable to parameter of type 'never'`);
    expect(said).toContain(`'"end_of_period" | "immediate"' is not assignable to parameter of type 'never'`);
  });

  it('says what is missing, what is not offered and which accounts there are', () => {
    expect(said).toContain("Property 'domain' is missing in type '{ hostingId: string; }'");
    expect(said).toMatch(/Type '"end_of_period"' is not assignable to type '"immediate"'/);
    expect(said).toMatch(/Type '"brand-a"' is not assignable to type '"plesk" \| "vps"'/);
  });

  it('names the account, the provider and the timing of a result', () => {
    expect(said).toContain(`'("immediate" | "mini" | "vps" | { serverId: number; })[]'`);
  });

  it('never shows a validator’s types', () => {
    expect(said).not.toMatch(/valibot|StrictObjectSchema|StringSchema|StandardSchema|InferInput|~standard/);
  });
});

/** What the compiler prints for a folder that does not compile. */
async function compile(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder });
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'stdout' in error) return String(error.stdout);
    throw error;
  }
  throw new Error('the file was meant not to compile');
}

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';
import { unsupportedNode } from '../../src/platform/node-version.ts';

const command = join(root, 'src', 'cli', 'index.ts');

/** Runs the command line in a process that is changed before anything of it is loaded. */
function runAfter(change: string, args: readonly string[]): { code: number | null; text: string } {
  const preload = `data:text/javascript,${encodeURIComponent(change)}`;
  const { status, stdout, stderr } = spawnSync('node', ['--import', preload, command, ...args], {
    encoding: 'utf8',
    cwd: join(root, 'test'),
    env: { PATH: process.env['PATH'] },
  });
  return { code: status, text: stdout + stderr };
}

describe('the end of the command line', () => {
  it('is 0 if an outcome was shown', () => {
    expect(runAfter('', ['accounts']).code).toBe(0);
  });

  it.each([
    ['the functions that Node.js 20 lacks', 'delete Promise.withResolvers; delete Map.groupBy;'],
    ['iterator helpers', 'for (const name of ["map", "filter", "toArray"]) delete Iterator.prototype[name];'],
  ])('is the same without %s', (_, change) => {
    expect(runAfter(change, ['accounts']).code).toBe(0);
  });

  it.each([
    ['writing fails', 'process.stdout.write = () => { throw new Error("broken"); };'],
    ['writing never ends', 'process.stdout.write = () => true;'],
    ['a function is missing', 'globalThis.Promise.race = undefined;'],
    ['promises never settle', 'Promise.all = () => new Promise(() => {});'],
    ['the process cannot be ended', 'process.exit = () => { throw new Error("broken"); };'],
  ])('is not 0 if %s', (_, change) => {
    expect(runAfter(change, ['accounts']).code).toBeGreaterThan(0);
  });

  it.each([
    ['a full disk', 'ENOSPC'],
    ['a device that fails', 'EIO'],
  ])('is 3, and says why, if the result was lost to %s', (_, code) => {
    const change = `process.stdout._write = (chunk, encoding, done) => {
      done(Object.assign(new Error('lost'), { code: '${code}' }));
    };`;
    const ended = runAfter(change, ['accounts']);
    expect(ended.code).toBe(3);
    expect(ended.text).toContain(`The output could not be written (${code}) and is incomplete.`);
  });

  it.each(['EPIPE', 'ECONNRESET', 'EOF'])('is 0 where the reader of the result has gone (%s)', (code) => {
    const change = `process.stdout._write = (chunk, encoding, done) => {
      done(Object.assign(new Error('gone'), { code: '${code}' }));
    };`;
    expect(runAfter(change, ['accounts'])).toEqual({ code: 0, text: '' });
  });

  it.runIf(existsSync('/dev/full'))('is 3 where the result is sent to a full device', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync('node', [command, 'accounts'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
      cwd: join(root, 'test'),
      env: { PATH: process.env['PATH'] },
    });
    closeSync(full);
    expect(status).toBe(3);
    expect(stderr).toContain('The output could not be written (ENOSPC)');
  });

  it('is 2, with what is needed, on a Node.js that is too old', () => {
    const { code, text } = runAfter('Object.defineProperty(process.versions, "node", { value: "18.20.4" });', [
      'accounts',
    ]);
    expect(code).toBe(2);
    expect(text).toBe('✗ cancelkit needs Node.js 20 or later; this is v18.20.4. Nothing was sent.\n');
  });
});

describe('a version of Node.js', () => {
  it.each(['0.12.18', '16.20.2', '18.20.8', '19.9.0'])('%s is refused', (version) => {
    expect(unsupportedNode(version)).toContain(`this is v${version}`);
  });

  it.each(['20.0.0', '20.20.2', '22.12.0', '24.0.0', '100.0.0', undefined])('%s is not', (version) => {
    expect(unsupportedNode(version)).toBeUndefined();
  });
});

import { afterAll } from 'vitest';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { createProject, variablesOf, type Project } from './project.ts';

/** A sandbox, and a project whose commands reach it by the environment. Both end with the tests of the file. */
export async function sandboxProject(): Promise<{ readonly sandbox: Sandbox; readonly project: Project }> {
  const sandbox = await startSandbox();
  // Where no provider leaves a timing unknown, exit code 3 stands out.
  sandbox.vpsbg.configure({ cancelRequest: 'with_now' });
  const project = await createProject(variablesOf(sandbox.settings));
  afterAll(async () => {
    project[Symbol.dispose]();
    await sandbox.close();
  });
  return { sandbox, project };
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOperations } from './description.ts';
import { documentedAnswers, responseOf } from './documented-answers.ts';
import { violationsOf } from './json-schema.ts';

const names = readdirSync(join(import.meta.dirname, 'descriptions')).flatMap((file) =>
  file.endsWith('.openapi.yaml') ? [file.replace('.openapi.yaml', '')] : [],
);

describe.each(names)('the description %s', (name) => {
  it('has an answer for each status of each operation, which a fetch can return', async () => {
    const operations = await readOperations([name]);
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) {
      const answers = documentedAnswers(operation);
      const described = Object.keys(operation.responses).filter((status) => status !== 'default');
      expect(answers.map(({ status }) => String(status))).toEqual(expect.arrayContaining(described));
      for (const answer of answers) expect(responseOf(answer).status).toBe(answer.status);
    }
  });
});

describe('the documented answers', () => {
  it('hold every example', async () => {
    const robot = await readOperations(['hetzner-robot.facts']);
    const cancel = robot.find(({ name }) => name === 'POST /server/{server_number}/cancellation');
    const found = documentedAnswers(cancel!).map(({ name }) => name);
    const described = Object.entries(cancel!.responses).flatMap(([status, { content }]) =>
      Object.values(content).flatMap(({ examples = {} }) =>
        Object.keys(examples).map((name) => `${status}, example ${name}`),
      ),
    );
    expect(described.length).toBeGreaterThan(2);
    expect(found).toEqual(expect.arrayContaining(described));
  });

  it('are generated from the schema, the same in every run, with optional fields and without', async () => {
    const [contract] = await readOperations(['mittwald']);
    const { schema } = contract!.responses['200']!.content['application/json']!;
    const bodies = documentedAnswers(contract!)
      .filter(({ status }) => status === 200)
      .map(({ body }) => body);
    expect(
      documentedAnswers(contract!)
        .filter(({ status }) => status === 200)
        .map(({ body }) => body),
    ).toEqual(bodies);
    for (const body of bodies) expect(violationsOf(schema!, body)).toEqual([]);
    expect(new Set(bodies.map((body) => 'termination' in Object(body)))).toEqual(new Set([true, false]));
  });

  it('stand for the statuses that a default leaves open', async () => {
    const [contract] = await readOperations(['mittwald']);
    const statuses = new Set(documentedAnswers(contract!).map(({ status }) => status));
    expect([...statuses]).toEqual(expect.arrayContaining([401, 403, 409, 500]));
  });
});

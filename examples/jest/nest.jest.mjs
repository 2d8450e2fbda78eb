/**
 * NestJS with Jest: a controller that cancels, tested against the sandbox instead of a mock. Run it with
 * `NODE_OPTIONS=--experimental-vm-modules npx jest`, since cancelkit is an ES module.
 */
import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createCancelService, toPublicResult } from 'cancelkit';
import { startSandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';

let sandbox;
let app;
let url;

beforeEach(async () => {
  sandbox = await startSandbox();
  const services = createCancelService({ vps: vpsbg(sandbox.settings.vpsbg) });
  app = await NestFactory.create(moduleOf(services), { logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterEach(async () => {
  await app.close();
  await sandbox.close();
});

test('a server is cancelled once, and the customer learns nothing of the provider', async () => {
  const { serverId } = sandbox.vpsbg.seeded.active;
  const response = await fetch(`${url}/cancel`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ serverId }),
  });
  expect(response.status).toBe(202);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ outcome: 'requested' });
  expect(text).not.toMatch(/vpsbg/i);
  expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
});

/** What an application written in TypeScript says with decorators. */
function moduleOf(services) {
  class Cancellations {
    async cancel({ serverId }) {
      return toPublicResult(await services.cancel({ account: 'vps', service: { serverId }, when: 'end_of_period' }));
    }
  }
  Post('cancel')(Cancellations.prototype, 'cancel', Object.getOwnPropertyDescriptor(Cancellations.prototype, 'cancel'));
  HttpCode(202)(Cancellations.prototype, 'cancel', Object.getOwnPropertyDescriptor(Cancellations.prototype, 'cancel'));
  Body()(Cancellations.prototype, 'cancel', 0);
  Controller()(Cancellations);
  class Application {}
  Module({ controllers: [Cancellations] })(Application);
  return Application;
}

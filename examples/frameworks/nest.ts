/** NestJS: its default filter answers 500 without the message. This one tells the customer what to do. */
import 'reflect-metadata';
import { Controller, HttpCode, Module, Post, type ArgumentsHost, type INestApplication } from '@nestjs/common';
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult, type PublicResult } from 'cancelkit';

/** An exception filter for the whole application. */
export class PublicErrors extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const { applicationRef } = this;
    const response: unknown = host.switchToHttp().getResponse();
    const isOpen = applicationRef !== undefined && !applicationRef.isHeadersSent(response);
    if (!isProviderError(error) || !isOpen) return super.catch(error, host);
    console.error(error);
    applicationRef.reply(response, error.toPublic(), httpStatusOf(error));
  }
}

/** `POST /cancel`. */
export async function createApp(cancel: () => Promise<CancelResult>): Promise<INestApplication> {
  class Cancellations {
    async cancel(): Promise<PublicResult> {
      return toPublicResult(await cancel());
    }
  }
  // With decorators: @Controller() class Cancellations { @Post('cancel') @HttpCode(202) async cancel() … }
  const method = Object.getOwnPropertyDescriptor(Cancellations.prototype, 'cancel') ?? {};
  Post('cancel')(Cancellations.prototype, 'cancel', method);
  HttpCode(202)(Cancellations.prototype, 'cancel', method);
  Controller()(Cancellations);
  // oxlint-disable-next-line no-extraneous-class -- a module of NestJS is a class
  class Application {}
  Module({ controllers: [Cancellations] })(Application);

  const app = await NestFactory.create(Application, { logger: false });
  app.useGlobalFilters(new PublicErrors(app.get(HttpAdapterHost).httpAdapter));
  return app;
}

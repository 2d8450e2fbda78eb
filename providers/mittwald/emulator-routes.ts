import { Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import { parseInstant } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import { routesAbout } from '../../src/sandbox/kit/routes.ts';
import type { MittwaldContract, MittwaldItem, MittwaldState } from './emulator-state.ts';

/** How the emulated mittwald answers where the documentation leaves it open. */
export interface MittwaldOptions {
  /** A second termination is an error, or takes the place of the first. Default `refused`. */
  readonly repeatedTermination: 'refused' | 'replaced';
  /** A contract that has ended is still shown, or is a 404. Default `listed`. */
  readonly endedContract: 'listed' | 'gone';
  /** An undo withdraws, or answers `isCancelled: false` and withdraws nothing. Default `works`. */
  readonly undo: 'works' | 'declined';
}

/** The HTTP side of the emulated mittwald. */
export function createMittwaldRoutes(
  state: MittwaldState,
  clock: EmulatorClock,
  options: () => Readonly<MittwaldOptions>,
  token: string,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono().basePath('/v2');
  app.use(async ({ req }, next) => {
    if (req.header('x-access-token') !== token) return mittwaldError(401, 'AccessDenied', 'please sign in first');
    return next();
  });
  app.get('/customers/:customerId/contracts', ({ req }) => {
    if (req.param('customerId') !== CUSTOMER) return mittwaldError(404, 'ResourceMissing', 'nothing has this id');
    const shown = [...state.contracts.values()].filter(({ ended }) => !ended || options().endedContract !== 'gone');
    const [skip, limit] = [Number(req.query('skip') ?? 0), Number(req.query('limit') ?? 1000)];
    return json(200, shown.slice(skip, skip + limit).map(contractJson));
  });
  app.get('/customers', () => json(200, [{ customerId: CUSTOMER, customerNumber: '204100', name: 'Sandbox' }]));

  for (const path of ['/contracts/:contractId', '/contracts/:contractId/items/:itemId']) {
    const on = routesAbout(
      app,
      ({ req }) => {
        const contract = state.find(req.param('contractId') ?? '');
        const itemId = req.param('itemId');
        const item = contract?.items.find(({ contractItemId }) => contractItemId === itemId);
        const isGone = contract?.ended === true && options().endedContract === 'gone';
        if (contract === undefined || isGone || (itemId !== undefined && item === undefined)) return undefined;
        return { contract, item, ids: { contractId: contract.contractId, contractItemId: itemId } };
      },
      () => mittwaldError(404, 'ResourceMissing', 'nothing has this id'),
    );

    on('GET', path, ({ contract, item }) =>
      json(200, item === undefined ? contractJson(contract) : itemJson(contract, item)),
    );

    on('POST', `${path}/termination`, async ({ contract, item, ids }, { req }) => {
      const body = await readJsonObject(req.raw);
      if (body === undefined) return invalid('', 'type', 'should be object');
      const { reason, explanation, terminationTargetDate: date } = body;
      if (reason !== undefined && typeof reason !== 'string') return invalid('.reason', 'type', 'should be string');
      const target = parseInstant(date);
      if (date !== undefined && target === undefined) {
        return invalid('.terminationTargetDate', 'format', 'should match format "date-time"');
      }
      if ((item ?? contract).cancellation !== null && options().repeatedTermination === 'refused') {
        return mittwaldError(409, 'TerminationExists', 'a termination was scheduled before');
      }
      const end = state.endFor(contract, target);
      if (end === undefined || end <= clock.now()) {
        return invalid('.terminationTargetDate', 'period', 'should be the end of a period');
      }
      state.terminate(contract, item, end, reason);
      const itemsScheduledForTermination = contract.items.map(({ contractItemId }) => contractItemId);
      const affected = item === undefined ? { itemsScheduledForTermination } : {};
      return json(201, { ...ids, ...affected, reason, explanation, terminationTargetDate: end });
    });

    on('DELETE', `${path}/termination`, ({ contract, item, ids }) => {
      const { cancellation } = item ?? contract;
      if (cancellation === null || cancellation.effectiveAt !== undefined || contract.undoForbidden) {
        return mittwaldError(412, 'CannotBeUndone', 'nothing here can be undone');
      }
      if (options().undo === 'declined') return json(200, { ...ids, isCancelled: false });
      for (const one of item === undefined ? [contract, ...contract.items] : [item]) one.cancellation = null;
      return json(200, { ...ids, isCancelled: true });
    });
  }

  app.notFound(() => mittwaldError(404, 'NoRoute', 'nothing is served here'));
  return (request) => app.fetch(request);
}

const CUSTOMER = '20410000-0000-4000-8000-000000000001';

/** An error in the API's form. */
export function mittwaldError(status: number, type: string, message: string): Response {
  return json(status, { type, message });
}

function invalid(path: string, type: string, message: string): Response {
  return json(400, { type: 'ValidationError', message: 'not valid', validationErrors: [{ path, type, message }] });
}

function contractJson(contract: MittwaldContract): object {
  const { contractId, contractNumber, items } = contract;
  const [baseItem, ...additionalItems] = items.map((item) => itemJson(contract, item));
  const ids = { contractId, contractNumber, customerId: CUSTOMER };
  return { ...ids, baseItem, additionalItems, termination: terminationJson(contract, contract) };
}

function itemJson(contract: MittwaldContract, item: MittwaldItem): object {
  return {
    itemId: item.contractItemId,
    isBaseItem: item === contract.items[0],
    isActivated: true,
    contractPeriod: 1,
    articles: [],
    totalPrice: { value: 4900, currency: 'EUR' },
    description: 'Sandbox server',
    nextPossibleTerminationDate: contract.nextPossibleEnd,
    termination: terminationJson(contract, item),
  };
}

function terminationJson(contract: MittwaldContract, { cancellation }: Pick<MittwaldItem, 'cancellation'>): unknown {
  if (cancellation === null) return undefined;
  return {
    targetDate: cancellation.target,
    scheduledAtDate: cancellation.requestedAt,
    scheduledByUserId: CUSTOMER,
    reason: cancellation.reason,
    cancellationForbidden: contract.undoForbidden,
  };
}

import { hetzner } from 'cancelkit/hetzner';
import { contractTests } from '../../openapi/contract-tests.ts';
import { cancelled, login, secrets, serverNumber, shown, undone } from './fixtures.ts';

const PATH = '/server/{server_number}/cancellation';
const headers = { date: new Date().toUTCString() };
// It can end now, and on any later day.
const active = { ...shown({ earliest_cancellation_date: '2020-01-31', reservation_possible: true }), headers };
const DATE = '2099-12-31';

for (const [timings, date] of [
  [['immediate'], new Date().toISOString().slice(0, 10)],
  [['earliest', 'on_date'], DATE],
] as const) {
  const accepted = cancelled({ cancellation_date: date });
  const isDated = date === DATE;
  await contractTests({
    descriptions: ['hetzner-robot.facts', 'hetzner-robot-servers.facts'],
    account: () => hetzner(login),
    secrets,
    services: [{ serverNumber }],
    values: { server_number: serverNumber },
    timings,
    details: { extras: { reserveLocation: false } },
    on: DATE,
    usual: {
      [`GET ${PATH}`]: {
        active: isDated ? shown({ earliest_cancellation_date: DATE, reservation_possible: true }) : active,
        cancelled: { ...accepted, headers },
      },
      [`POST ${PATH}`]: accepted,
      [`DELETE ${PATH}`]: undone,
      'GET /server': { status: 200, body: [] },
    },
    shows: {
      // "cancelled: cancellation status" of a 200, in the responses to a read and to a cancellation.
      cancelled: ({ operation, status, body }) =>
        !operation.startsWith('DELETE') && status === 200 && cancellationIn(body).cancelled === true,
      active: ({ operation, status, body }) =>
        operation.startsWith('GET') && status === 200 && cancellationIn(body).cancelled === false,
    },
    unused: ['GET /server/{server_number}'],
  });
}

function cancellationIn(body: unknown): { readonly cancelled?: unknown } {
  const { cancellation }: { readonly cancellation?: unknown } = Object(body);
  return Object(cancellation);
}

import assert from 'node:assert/strict';
import { calendarDay, endOfDay } from '../contract/when.ts';
import type { Timing } from '../index.ts';
import type { Check } from './check.ts';
import type { SeenRequest } from './loopback.ts';
import { placesOf } from './request-fields.ts';
import type { ConformanceFixture, ConformanceSubject } from './subject.ts';
import {
  assertNoFault,
  beforeCancelOf,
  describeSettled,
  orderOf,
  sentFor,
  settle,
  successAnswers,
  whenFor,
  withTrial,
  type Settled,
} from './trial.ts';

const DAY_MS = 86_400_000;

/** Whether a date goes to the provider as it was given, and a date that is none does not go anywhere. */
export function dateChecks(subject: ConformanceSubject): readonly Check[] {
  if (!subject.provider.capabilities.timings.includes('on_date')) return [];
  return [
    {
      name: 'refuses a day that is over everywhere, or that the calendar does not have, without sending anything',
      run: () => refusesDays(subject),
    },
    {
      name: 'sends a date as it was given, never the day before or after, or refuses it as too early',
      run: () => sendsDays(subject),
    },
    {
      name: 'refuses the day before the first possible one with that date, and sends the first possible one',
      run: () => keepsToEarliest(subject),
    },
  ];
}

async function refusesDays(subject: ConformanceSubject): Promise<void> {
  const overEverywhere = dayOf(Date.now() - 36 * 3_600_000);
  assert.ok(endOfDay(overEverywhere) <= Date.now());
  const commonYear = leapYear() + 1;
  const days = [
    overEverywhere,
    `${commonYear}-02-29`,
    `${leapYear()}-02-30`,
    '2099-04-31',
    '2099-13-01',
    '2099-1-1',
    '',
  ];
  await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
    for (const on of days) {
      const settled = await settle(service.cancel(orderOf(subject, { when: { on } })));
      assert.equal(settled.ok ? 'accepted' : settled.error.code, 'invalid_request', on);
    }
    assert.equal(server.requests.length, 0, 'something was sent');
  });
}

async function sendsDays(subject: ConformanceSubject): Promise<void> {
  const today = Date.now();
  const days = [dayOf(today), dayOf(today + DAY_MS), `${leapYear()}-02-29`, `${leapYear()}-12-31`, '2099-12-31'];
  let sent = 0;
  for (const day of days) {
    const { settled, request } = await cancelledOn(subject, day, successAnswers(subject));
    if (request === undefined) {
      assert.equal(settled.ok ? settled.value.outcome : settled.error.code, 'date_too_early', `${day} was not sent`);
      continue;
    }
    assertDay(subject, request, day);
    sent += 1;
  }
  assert.ok(sent > 0, 'no date was sent at all');
}

/** An adapter that reads the first possible date keeps to it; one that learns it from the refusal passes it on. */
async function keepsToEarliest(subject: ConformanceSubject): Promise<void> {
  for (const fixture of subject.fixtures) {
    const { expected } = fixture;
    const earliest = 'earliest' in expected ? calendarDay(expected.earliest?.value) : undefined;
    if (earliest === undefined || endOfDay(earliest) - DAY_MS <= Date.now()) continue;
    const answers = [...beforeCancelOf(subject, fixture), ...fixture.answers];
    const before = await cancelledOn(subject, dayOf(Date.parse(earliest) - DAY_MS), answers);
    assert.ok(!before.settled.ok && before.settled.error.code === 'date_too_early', describeSettled(before.settled));
    assert.equal(before.settled.error.earliest?.value, earliest, 'earliest');
    if (before.request !== undefined) continue;
    const on = await cancelledOn(subject, earliest, [...answers, ...successOf(subject)]);
    assert.ok(on.request, `${earliest} was refused, which is the first possible date: ${describeSettled(on.settled)}`);
    assertDay(subject, on.request, earliest);
  }
}

function successOf({ fixtures }: ConformanceSubject): ConformanceFixture<Timing>['answers'] | readonly [] {
  return fixtures.find(({ kind }) => kind === 'success')?.answers ?? [];
}

interface Cancelled {
  readonly settled: Settled<{ readonly outcome: string }>;
  /** The request that cancels, if it was sent. */
  readonly request: SeenRequest | undefined;
}

async function cancelledOn(
  subject: ConformanceSubject,
  on: string,
  answers: Parameters<typeof withTrial>[1],
): Promise<Cancelled> {
  const usual = await sentFor(subject, { when: whenFor(subject, 'on_date') });
  const result = await withTrial(subject, answers, async ({ server, service }) => {
    const settled = await settle(service.cancel(orderOf(subject, { when: { on } })));
    const isCancellation = ({ method, target }: SeenRequest): boolean =>
      method === usual.method && pathOf(target) === pathOf(usual.target);
    return { settled, request: server.requests.find(isCancellation) };
  });
  assertNoFault(result.settled, on);
  return result;
}

function assertDay({ dateOnWire = (day) => day }: ConformanceSubject, request: SeenRequest, day: string): void {
  assert.ok(placesOf(request, dateOnWire(day)).length > 0, `${day} is nowhere in the request`);
  for (const other of [-DAY_MS, DAY_MS].map((ms) => dayOf(Date.parse(day) + ms))) {
    assert.deepEqual(placesOf(request, dateOnWire(other)), [], `${other} is in the request for ${day}`);
  }
}

function pathOf(target: string): string {
  return new URL(target, 'http://loopback').pathname;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The next leap year whose 29 February is not over. */
function leapYear(): number {
  let year = new Date().getUTCFullYear() + 1;
  while (calendarDay(`${year}-02-29`) === undefined) year += 1;
  return year;
}

import { describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../support/fetch.ts';
import { checkRequest } from './check-request.ts';
import { readOperations } from './description.ts';

const mittwald = await readOperations(['mittwald']);
const clock = await readOperations(['ovh-auth.facts']);
const robot = await readOperations(['hetzner-robot.facts']);

const sound: RecordedRequest = {
  method: 'POST',
  url: 'https://api.mittwald.de/v2/contracts/V1000000/termination',
  headers: { 'content-type': 'application/json', 'x-access-token': 'token', accept: 'application/json' },
  body: '{"reason":"Project ended","terminationTargetDate":"2026-12-31T00:00:00Z"}',
};
const { 'content-type': _, ...bodiless } = sound.headers;
const undo: RecordedRequest = { ...sound, method: 'DELETE', headers: bodiless, body: '' };
const item = 'https://api.mittwald.de/v2/contracts/V1000000/items/';
const form: RecordedRequest = {
  method: 'POST',
  url: 'https://robot-ws.your-server.de/server/321/cancellation',
  headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic dTpw' },
  body: 'cancellation_date=2026-12-31&reserve_location=false',
};

describe('a request', () => {
  it.each([
    ['with a JSON body', mittwald, sound],
    ['without a body', mittwald, undo],
    ['with a form', robot, form],
  ])('%s is as described', (_name, operations, request) => {
    expect(checkRequest(operations, request).violations).toEqual([]);
  });

  it.each<readonly [string, RecordedRequest, RegExp]>([
    ['to an unknown path', { ...sound, url: 'https://api.mittwald.de/contracts/V1/termination' }, /has no POST/],
    ['to another host', { ...sound, url: 'https://api.example.com/v2/contracts/V1/termination' }, /has no POST/],
    ['with another method', { ...sound, method: 'PUT' }, /has no PUT/],
    ['without a token', { ...sound, headers: { 'content-type': 'application/json' } }, /security schemes is met/],
    ['with a token in another header', { ...undo, headers: { authorization: 'Bearer token' } }, /authorization is not/],
    ['with a header of its own', { ...undo, headers: { ...bodiless, 'x-own': '1' } }, /header x-own is not described/],
    ['with an unknown query', { ...undo, url: `${undo.url}?force=true` }, /query force is not described/],
    [
      'with an id of another format',
      { ...undo, url: `${item}7/termination` },
      /contractItemId.* must match format "uuid"/,
    ],
    ['with a body where none is described', { ...undo, headers: sound.headers, body: '{}' }, /no body is described/],
    ['with a type where no body is described', { ...undo, headers: sound.headers }, /no body is described/],
    ['without the body that is required', { ...sound, headers: bodiless, body: '' }, /the body is missing/],
    [
      'with a form in place of JSON',
      { ...sound, headers: { ...form.headers, ...bodiless }, body: 'a=b' },
      /instead of/,
    ],
    ['with a field that is not described', { ...sound, body: '{"date":"2026-12-31"}' }, /unevaluated.*"date"/],
    ['with a value of another type', { ...sound, body: '{"reason":7}' }, /reason must be string/],
    ['with a day in place of an instant', { ...sound, body: '{"terminationTargetDate":"2026-12-31"}' }, /date-time/],
  ])('%s is none of the description', (_name, request, violation) => {
    expect(checkRequest(mittwald, request).violations.join('\n')).toMatch(violation);
  });

  it('with a form is checked by its texts', () => {
    const body = 'cancellation_date=2026-12-31&reserve_location=perhaps';
    expect(checkRequest(robot, { ...form, body }).violations.join()).toMatch(/reserve_location/);
  });

  it('that is signed carries every header of its signature and no described scheme', () => {
    const signed: RecordedRequest = { ...undo, headers: { 'x-signature': 'abc' } };
    expect(checkRequest(mittwald, signed, ['x-signature']).violations).toEqual([]);
    expect(checkRequest(mittwald, undo, ['x-signature']).violations.join()).toMatch(/x-signature is missing/);
  });

  it('to an operation that needs no credentials is not signed', () => {
    const asked = { method: 'GET', url: 'https://eu.api.ovh.com/1.0/auth/time', headers: {}, body: '' };
    expect(checkRequest(clock, asked, ['x-signature']).violations).toEqual([]);
    const signed = { ...asked, headers: { 'x-signature': 'abc' } };
    expect(checkRequest(clock, signed, ['x-signature']).violations.join()).toMatch(/x-signature is not described/);
  });
});

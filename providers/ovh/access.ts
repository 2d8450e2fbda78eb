import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { notAbsent, readBody, type Access } from '../../src/provider/index.ts';
import type { ResolvedOvhConfig } from './config.ts';
import { fromErrorResponse } from './response.ts';

// Seconds since 1970, from 2001 to 9999.
const seconds = v.pipe(v.number(), v.integer(), v.minValue(1e9), v.maxValue(253_402_300_799));

const ASK_AGAIN_S = 600;

/** A signature over each request, with the time of the API's clock, which is asked first. */
export const ovhAccess: Access<ResolvedOvhConfig> = {
  *obtain(_config, { now }) {
    const path = ['1.0', 'auth', 'time'];
    const response = yield { method: 'GET', effect: 'read', path, authenticated: false };
    const time = response.status === 200 ? readBody(response, seconds) : undefined;
    if (time !== undefined) {
      return { verdict: 'granted', token: '', expiresInS: ASK_AGAIN_S, clockOffsetMs: time * 1000 - now };
    }
    return notAbsent(fromErrorResponse(response));
  },
  headers({ method, url, body }, { applicationKey, applicationSecret, consumerKey }, { now }) {
    const time = String(Math.floor(now / 1000));
    const signed = [applicationSecret, consumerKey, method, url, body, time].join('+');
    return {
      'x-ovh-application': applicationKey,
      'x-ovh-consumer': consumerKey,
      'x-ovh-timestamp': time,
      'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
    };
  },
};

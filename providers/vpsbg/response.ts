import * as v from 'valibot';
import {
  refusedAccess,
  refused,
  readBody,
  refusedByStatus,
  unclear,
  type StatusMessages,
  type UnclearVerdict,
  type RefusedVerdict,
  type RevokeVerdict,
  type CancelOrder,
  type Warning,
  type CancelVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';
import { NEUTRAL_REASON } from './request.ts';
import type { ResolvedVpsbgService } from './service.ts';

/** The whole message with which Laravel answers a request without a valid token, before any of the API's code runs. */
const UNAUTHENTICATED = /^\s*unauthenticated\.?\s*$/i;

// The error bodies are Laravel's: a message, and for a validation error the complaints of each field.
const errorSchema = v.object({
  message: v.string(),
  errors: v.fallback(v.optional(v.record(v.string(), v.array(v.string()))), undefined),
});

// What Laravel answers without a valid token in older versions. Nothing else is read in this form: gateways use it,
// too.
const oldErrorSchema = v.pipe(
  v.object({ error: v.pipe(v.string(), v.regex(UNAUTHENTICATED)) }),
  v.transform(({ error }) => ({ message: error, errors: undefined })),
);

/** What of an order a response is read by. */
type AnsweredOrder = Pick<CancelOrder<ResolvedVpsbgService>, 'service' | 'when' | 'reasonText'>;

/** What a response to a cancellation means; `service` is any one of those in the request. */
export function fromCancelResponse(response: ProviderResponse, order: AnsweredOrder): CancelVerdict {
  if (response.status < 200 || response.status > 299) return fromErrorResponse(response);
  if (!saysNothingElse(response)) return fromErrorResponse(response);
  if (response.status !== 204 && response.body.kind === 'empty') return NOTHING_SAID;
  return { verdict: 'accepted', outcome: 'requested', warnings: warningsFor(order) };
}

/** A proxy in front of the API can answer like this, too. The read-back shows whether it was a yes. */
const NOTHING_SAID = unclear(
  'unreadable_answer',
  'the response has no body and not the status 204 that the API documents. Look in the client area.',
);

const UNDO_OPTIONS: { readonly [Kind in ResolvedVpsbgService['kind']]: string } = {
  server: 'undoPath',
  addon: 'addonUndoPath',
  floating_ip: 'floatingIpUndoPath',
};

/** What a response to the undo of a cancellation means. */
export function fromUndoResponse(response: ProviderResponse, { kind }: ResolvedVpsbgService): RevokeVerdict {
  if (response.status >= 200 && response.status <= 299) {
    return saysNothingElse(response) ? { verdict: 'accepted', outcome: 'revoked' } : fromErrorResponse(response);
  }
  const verdict = fromErrorResponse(response);
  if (verdict.verdict !== 'refused' || (response.status !== 404 && response.status !== 405)) return verdict;
  // The service has just been read, and the path is inferred: it is the call that is not there, not the server.
  return {
    ...verdict,
    code: 'unexpected_response',
    message:
      `the API has no such call under the path of the undo, which is inferred: set the option ${UNDO_OPTIONS[kind]}, ` +
      'or undo the cancellation in the client area.',
  };
}

function warningsFor({ service, when, reasonText }: AnsweredOrder): Warning[] {
  const warnings: Warning[] = [];
  if (service.kind === 'server' && when === 'immediate') {
    warnings.push({ code: 'immediate_deferred', message: 'VPSBG suspends the server now and terminates it later.' });
  }
  if (service.kind === 'floating_ip') {
    warnings.push({ code: 'side_effect', message: 'VPSBG reboots the servers that the floating IP points to.' });
  }
  if (service.kind === 'addon' && reasonText === undefined) {
    const message = `This call requires a reason and none was given; "${NEUTRAL_REASON}" was sent.`;
    warnings.push({ code: 'reason_defaulted', message });
  }
  return warnings;
}

/**
 * The documented response is a 204 without a body, and siblings of this call answer `{}`. A 2xx that says anything else
 * may say that it failed, or come from something in between.
 */
function saysNothingElse({ body }: ProviderResponse): boolean {
  if (body.kind !== 'json') return body.kind === 'empty';
  const { value } = body;
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** What an error response of any call means. A body that is not in the API's form proves nothing. */
export function fromErrorResponse(
  response: ProviderResponse,
): RefusedVerdict | UnclearVerdict | { readonly verdict: 'unrecognized' } {
  const error = readBody(response, v.union([errorSchema, oldErrorSchema]));
  if (error === undefined) return { verdict: 'unrecognized' };
  // Whatever its status: what refuses the token must not be followed by another request with it.
  const isUnauthenticated = refusesToken(response.status, error.message);
  if (response.status < 400 && !isUnauthenticated) return { verdict: 'unrecognized' };
  const complaints = Object.values(error.errors ?? {}).flat();
  const providerMessage = [error.message, ...complaints].join(' ');
  return { ...fromErrorStatus(isUnauthenticated ? 401 : response.status, providerMessage), providerMessage };
}

/** The framework's own words count under any status; others only if the status says that the API refused. */
function refusesToken(status: number, said: string): boolean {
  if (UNAUTHENTICATED.test(said)) return true;
  return status >= 400 && status < 500 && status !== 403 && refusedAccess(said)?.code === 'unauthorized';
}

function fromErrorStatus(status: number, said: string): RefusedVerdict | UnclearVerdict {
  if (status >= 500) return unclear('server_error', `the server failed: ${said}`);
  switch (status) {
    case 404:
      // The API is a beta whose paths have changed before; a missing route is not a missing server.
      return /\broute\b/i.test(said)
        ? refused('unexpected_response', `the API no longer has this call: ${said}`)
        : refused('not_found', 'this account has nothing under that id. Check the serverId, addonId or floatingIpId.');
    case 405:
      return refused('unexpected_response', `the API no longer has this call: ${said}`);
    case 423:
      return unclear(
        'provider_error',
        'the server is locked by another action. An action that was answered so has been seen to take effect ' +
          'later: read the state back in a minute before anything is sent again.',
      );
    default:
      return refusedByStatus(status, STATUS_MESSAGES) ?? refused('rejected', `the cancellation was refused: ${said}`);
  }
}

const STATUS_MESSAGES: StatusMessages = {
  unauthorized: 'the token is not valid. Check it, or make a new one in the client area.',
  forbidden: 'the token may not do this. Reading needs a token with the ability "Read", cancelling one with "Write".',
  rate_limited: 'too many requests in this minute. Nothing was processed.',
};

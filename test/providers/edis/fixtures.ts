import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { edisProvider, type EdisConfig, type EdisService } from 'cancelkit/edis';

const CANCEL = 'EDIS Global ORDER API documentation, POST /kvm/v2/cancel/product';
const ORDER = 'EDIS Global ORDER API documentation, POST /kvm/v2/add/order';

/** A client-area password with everything that a form encoding can break. */
export const password = 'p+a&b=c%41d ü€';

type AnswerName =
  | 'success'
  | 'successWithClient'
  | 'failed'
  | 'invalid'
  | 'unauthorized'
  | 'notFound'
  | 'existing'
  | 'rateLimited'
  | 'serverError';

/** The responses of `cancel/product`, as documented or, where it says so, inferred. */
export const answers: Readonly<Record<AnswerName, ConformanceAnswer>> = {
  success: { status: 200, body: { status: 'success', serviceid: 123456, clientid: null } },
  successWithClient: { status: 200, body: { status: 'success', serviceid: 123456, clientid: 4711 } },
  failed: { status: 200, body: { status: 'failed', orderid: 241158 } },
  invalid: {
    status: 400,
    body: {
      status: 'error',
      message: 'Invalid parameters or missing required fields.',
      errors: ['service ID is required', 'cancellation type is invalid'],
    },
  },
  unauthorized: {
    status: 401,
    body: {
      status: 'error',
      message: 'Invalid WHMCS credentials provided.',
      suggestion: 'Please check your credentials and try again.',
    },
  },
  notFound: {
    status: 404,
    body: {
      status: 'error',
      message: 'The specified KVM ID or service ID does not exist.',
      hint: 'Please verify the provided KVM ID or service ID and try again.',
    },
  },
  existing: { status: 400, body: { status: 'error', message: 'Existing Cancellation Request Exists' } },
  rateLimited: { status: 429, body: { status: 'error', message: 'Too many requests.' } },
  serverError: {
    status: 500,
    body: {
      status: 'error',
      message: 'An internal error occurred.',
      support: 'Please contact support with the order details for assistance.',
    },
  },
};

/** EDIS for the conformance suite. */
export const subject: ConformanceSubject<EdisConfig, EdisService> = {
  provider: edisProvider,
  config: (baseUrl) => ({ email: 'reseller@example.com', password, baseUrl }),
  secrets: [password],
  service: { serviceId: 123456 },
  otherServices: [{ serviceId: '123456' }, { kvmId: 'kvm_xxxxx_yyyyy' }],
  invalidServices: [
    { serviceId: 0 },
    { serviceId: -1 },
    { serviceId: 1.5 },
    { serviceId: '0123' },
    { serviceId: '12 34' },
    { serviceId: 'kvm_xxxxx_yyyyy' },
    { kvmId: '' },
    { kvmId: 'kvm xxxxx' },
    { kvmId: 'kvm_ü' },
    { kvmId: 123456 },
    { kvmId: 'kvm_xxxxx_yyyyy', serviceId: 123456 },
  ],
  fixtures: [
    {
      name: 'a success without a client id',
      source: `${CANCEL}, 200`,
      kind: 'success',
      answers: [answers.success],
      expected: { outcome: 'requested', warnings: ['immediate_deferred'] },
    },
    {
      name: 'a success with a client id',
      source: `${CANCEL}, 200`,
      kind: 'success',
      when: 'end_of_period',
      answers: [answers.successWithClient],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'a 200 with another status',
      source: `${ORDER}, 200 out of stock; that a cancellation can be answered so too is inferred`,
      kind: 'other',
      answers: [answers.failed],
      expected: { code: 'outcome_unknown', reason: 'provider_error', providerStatus: 200 },
    },
    {
      name: 'a 400 with the complaints of each field',
      source: `${CANCEL}, 400`,
      kind: 'refusal',
      answers: [answers.invalid],
      expected: {
        code: 'rejected',
        providerStatus: 400,
        providerMessage:
          'Invalid parameters or missing required fields. service ID is required; cancellation type is invalid',
      },
    },
    {
      name: 'a 401 for wrong credentials',
      source: `${CANCEL}, 401`,
      kind: 'unauthorized',
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401, providerMessage: 'Invalid WHMCS credentials provided.' },
    },
    {
      name: 'a 404 for an id that does not exist',
      source: `${CANCEL}, 404`,
      kind: 'not_found',
      answers: [answers.notFound],
      expected: { code: 'not_found', providerStatus: 404 },
    },
    {
      name: 'a second cancellation',
      source: 'inferred: the API is a front for WHMCS, whose wording this is',
      kind: 'already_cancelled',
      answers: [answers.existing],
      expected: { outcome: 'already_cancelled', warnings: ['timing_unknown'] },
    },
    {
      name: 'a 429',
      source: 'inferred: no limit is documented',
      kind: 'rate_limited',
      answers: [answers.rateLimited],
      expected: { code: 'rate_limited', providerStatus: 429 },
    },
    {
      name: 'a 500',
      source: `${ORDER}, 500; for a cancellation it is inferred`,
      kind: 'server_error',
      answers: [answers.serverError],
      expected: { code: 'outcome_unknown', reason: 'server_error', providerStatus: 500 },
    },
  ],
};

/** The documented success of each provider, for the benchmark of `cancelMany`. */
export interface BulkAnswer {
  readonly status: number;
  readonly body: string;
}

/** The response to a request, by its path and body. */
export function answerTo(path: string, body: string): BulkAnswer {
  if (path === '/v1/servers/cancel') return { status: 204, body: '' };
  if (path === '/kvm/v2/cancel/product') {
    return { status: 200, body: JSON.stringify({ status: 'success', serviceid: 123456, clientid: null }) };
  }
  if (path === '/includes/api.php') {
    const serviceid = Number(new URLSearchParams(body).get('serviceid'));
    return { status: 200, body: JSON.stringify({ result: 'success', serviceid, userid: 7 }) };
  }
  const hosting = { identifier: path.split('/').at(-1), status: 'active', nextServiceRenewalDate: '2027-08-16' };
  const message = 'Your cancel request is pending';
  return { status: 202, body: JSON.stringify({ responseId: '1_2aa0', status: 'pending', message, hosting }) };
}

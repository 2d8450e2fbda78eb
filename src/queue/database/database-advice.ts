/** What to do about a failure of the database, by its code; `undefined` if the code says it all. */
export function adviceFor(code: string): string | undefined {
  if (UNTRUSTED.has(code)) return CERTIFICATE;
  return ADVICE[code];
}

/** Whether waiting does not mend it: the address, the user or the rights have to be changed. */
export function isMisconfigured(code: string): boolean {
  // PostgreSQL's classes 28 (the user or the password is refused) and 3D (no such database).
  return /^(?:28|3D)[0-9A-Z]{3}$/.test(code) || UNTRUSTED.has(code) || NEEDS_A_CHANGE.has(code);
}

/** The code of a failure to which the driver gives none. */
export const NO_TLS = 'no TLS';

const NEEDS_A_CHANGE: ReadonlySet<string> = new Set(['42501', '25006', '0A000', NO_TLS]);

// How OpenSSL and Node.js name a certificate that they do not accept.
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const CERTIFICATE =
  'The certificate of the server is not accepted: sslmode=require checks it as verify-full does. If the provider signs with its own ' +
  'authority, add its file to the URL: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem. To encrypt without checking who ' +
  'answers: ?uselibpqcompat=true&sslmode=require';

const ADVICE: Readonly<Record<string, string>> = {
  '42501':
    'The user has no right to it. Let the owner of the database run: CREATE SCHEMA cancelkit AUTHORIZATION the_user; CREATE SCHEMA ' +
    'cancelkit_jobs AUTHORIZATION the_user (with another option `schema`: that name, and the same with _jobs)',
  '53300':
    'The server allows no further connection to this user or database. One is enough: end others, or raise the limit (ALTER ROLE … CONNECTION ' +
    'LIMIT, max_connections, or the size of the pool)',
  '25006': 'The server only reads: it may be a standby. Name the primary, for instance with its own host name',
  '0A000': 'The server may be a standby, which only reads. Name the primary',
  '57014': 'The statement was cancelled. Look for a time limit on the server or a pooler',
  '25P03': 'The server ended the session. Look for a time limit on the server or a pooler',
  '25P04': 'The server ended the transaction. Raise transaction_timeout for this user',
  [NO_TLS]: 'The server does not offer TLS. Leave sslmode out of the URL, or set it to disable',
  ENOENT: 'A file or socket that the address names does not exist (sslrootcert, sslcert, sslkey, or a socket as host)',
  EACCES: 'A file or directory that the address names may not be used by this user',
};

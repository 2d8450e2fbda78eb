/** What to do about a failure of the database, by its code; `undefined` if the code says it all. */
export function adviceFor(code: string): string | undefined {
  if (UNTRUSTED.has(code)) return CERTIFICATE;
  return ADVICE[code];
}

/** Whether waiting does not mend it: the address, the user or the rights have to be changed. */
export function isMisconfigured(code: string): boolean {
  return UNTRUSTED.has(code) || NEEDS_A_CHANGE.has(code);
}

/** The code of a failure to which the driver gives none. */
export const NO_TLS = 'no TLS';

/** The code of a database whose encoding does not have every character. */
export const ENCODING = '22P05';

const NEEDS_A_CHANGE: ReadonlySet<string> = new Set([
  '28000',
  '28P01',
  '3D000',
  '42501',
  '42601',
  '42939',
  '42703',
  '25006',
  '0A000',
  ENCODING,
  NO_TLS,
]);

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
  '28P01':
    'The server refuses the user or the password in the address (PGUSER and PGPASSWORD count where it names none). Special characters ' +
    'have to be percent-encoded',
  '28000':
    'The server refuses this user, database or kind of connection. If it accepts encrypted connections only, add sslmode=verify-full to ' +
    'the address. Otherwise check the user, its right to log in, and pg_hba.conf',
  '3D000': 'The server has no database of this name. Correct the name in the address, or create the database',
  '42501':
    'The user lacks a right. Let the owner of the database run: CREATE SCHEMA cancelkit AUTHORIZATION the_user; CREATE SCHEMA ' +
    'cancelkit_jobs AUTHORIZATION the_user (with another option `schema`: that name, and the same with _jobs). If both are there and belong to ' +
    'another user: let that user open the queue once after an update, and GRANT what docs/queue-databases.md names under "Rights"',
  '42601':
    'The name in the option `schema` may be a word that SQL keeps for itself, such as order or user. Choose another one',
  '42939': 'PostgreSQL keeps names that begin with pg_ for itself. Choose another name for the option `schema`',
  '42703': 'The schema holds tables that are not those of a queue. Name another one in the option `schema`',
  '42P01': 'The tables of the queue are not there. A `transaction` has to be one of the same database',
  '25P02': 'A statement before has failed, so the transaction takes no other. Roll it back',
  [ENCODING]: 'The encoding of the database lacks a character. Use a database with the encoding UTF8',
  ECONNREFUSED: 'Nothing answers there. Check the host and the port in the address, and that the server runs',
  ENOTFOUND: 'The name of the host cannot be resolved. Correct it in the address',
  timeout:
    'The server does not answer in time. Check the host and the port in the address, and what is between: a firewall, for example',
  '57P03': 'The server is starting or shutting down. Try again',
  '53300':
    'The server allows no further connection to this user or database. One is enough: end others, or raise the limit (ALTER ROLE … CONNECTION ' +
    'LIMIT, max_connections, or the size of the pool)',
  '25006':
    'Only reading is allowed there. If the server is a standby, name the primary; a `transaction` must not be READ ONLY',
  '0A000': 'The server may be a standby, which only reads. Name the primary',
  '57014': 'The statement was cancelled. Look for a time limit on the server or a pooler',
  '25P03': 'The server ended the session. Look for a time limit on the server or a pooler',
  '25P04': 'The server ended the transaction. Raise transaction_timeout for this user',
  [NO_TLS]:
    'The server does not offer TLS. Leave sslmode and ssl out of the address, or set sslmode=disable (PGSSLMODE counts where it names none)',
  ENOENT: 'A file or socket that the address names does not exist (sslrootcert, sslcert, sslkey, or a socket as host)',
  EACCES: 'A file or directory that the address names may not be used by this user',
};

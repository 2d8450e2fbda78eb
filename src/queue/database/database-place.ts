/** The directory of a queue whose database is not named, in the working directory. */
export const DEFAULT_DATABASE = '.cancelkit';

/** What the database of a queue is: a PostgreSQL server by its URL, or a directory; `undefined`: neither. */
export function placeOfDatabase(database: string): 'server' | 'directory' | undefined {
  if (/^postgres(?:ql)?:\/\//.test(database)) return URL.canParse(database) ? 'server' : undefined;
  return database === '' || LOOKS_LIKE_AN_ADDRESS.test(database) ? undefined : 'directory';
}

// Taken for a directory, it would put a password into a name on the disk.
const LOOKS_LIKE_AN_ADDRESS = /^\s|:\/|^[a-z][a-z+.-]+:|\b(?:host|user|password|dbname)\s*=/i;

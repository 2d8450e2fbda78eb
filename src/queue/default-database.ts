/** The directory of a queue whose database is not named, in the working directory. */
export const DEFAULT_DATABASE = '.cancelkit';

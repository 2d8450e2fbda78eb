import * as v from 'valibot';
import { only } from './issue-text.ts';

/**
 * The schema of an object with these fields and no others. Its message names them, so that the core can suggest the
 * right name for a misspelt one.
 */
export function onlyFields<const Fields extends v.ObjectEntries>(fields: Fields): v.StrictObjectSchema<Fields, string> {
  return v.strictObject(fields, only(...Object.keys(fields)));
}

/** One way in which a provider's services are named, as data: for command lines, forms and their messages. */
export interface ServiceForm {
  /** Every field with an example of its value; a number where the field takes one. */
  readonly example: Readonly<Record<string, string | number>>;
  /** For a form with one field: the ids that mean it where an id stands alone. Left out: none. */
  readonly plainId?: RegExp;
}

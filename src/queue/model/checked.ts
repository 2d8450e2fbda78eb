/** An argument once it is checked: every time is ISO 8601 in UTC. */
export type Checked<Argument> = { readonly [Key in keyof Argument]: Exclude<Argument[Key], Date> };

import type { Context, Hono } from 'hono';

/** Adds a route whose requests are about one thing. */
export type AddRoute<Thing> = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  answer: (thing: Thing, context: Context) => Response | Promise<Response>,
) => void;

/**
 * Returns a function that adds routes whose requests are about one thing.
 *
 * @param find looks for the thing of a request; `undefined` if it does not exist, or is not shown.
 * @param missing the response then.
 */
export function routesAbout<Thing>(
  app: Pick<Hono, 'on'>,
  find: (context: Context) => Thing | undefined,
  missing: () => Response,
): AddRoute<Thing> {
  return (method, path, answer) => {
    app.on(method, path, (context) => {
      const thing = find(context);
      return thing === undefined ? missing() : answer(thing, context);
    });
  };
}

/** Lets a process that is started with `--import` of this file import `cancelkit` from its source, not from a build. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const [, entry] = /^cancelkit(?:\/(\w+))?$/.exec(specifier) ?? [];
    if (entry === undefined) {
      return nextResolve(specifier === 'cancelkit' ? sourceOf('src/index.ts') : specifier, context);
    }
    const isTool = ['sandbox', 'conformance', 'queue', 'provider'].includes(entry);
    return nextResolve(sourceOf(`${isTool ? 'src' : 'providers'}/${entry}/index.ts`), context);
  },
});

function sourceOf(path: string): string {
  return new URL(`../../../${path}`, import.meta.url).href;
}

/** Sets `Date` of this process ahead by so many milliseconds (negative: back) until it is disposed. */
export function shiftClock(byMs: number): Disposable {
  const Real = globalThis.Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: readonly unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [target.now() + byMs] : args, newTarget),
    get: (target, key, receiver) => (key === 'now' ? () => target.now() + byMs : Reflect.get(target, key, receiver)),
  });
  return {
    [Symbol.dispose]: () => {
      globalThis.Date = Real;
    },
  };
}

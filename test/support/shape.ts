/**
 * The shape of JSON: each value replaced by its type, a list by the shapes of its elements without repetitions. For
 * comparing an emulator's answer with a documented example whose values are others.
 */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    const shapes = value.map(shapeOf);
    return shapes.filter((shape, index) => shapes.findIndex((other) => isSame(other, shape)) === index);
  }
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

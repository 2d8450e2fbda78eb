import { json } from '../../src/sandbox/kit/bodies.ts';

/** The shapes in which WHMCS versions differ. */
export interface WhmcsShapes {
  /** Whether ids are numbers or texts. Default `numbers`. */
  readonly ids: 'numbers' | 'strings';
  /**
   * A list in an answer: an array, one object when it has one item, or an object with the keys `0`, `1`, … Default
   * `array`.
   */
  readonly lists: 'array' | 'single_object' | 'numeric_keys';
  /** How an empty list is sent. Default `empty_string`. */
  readonly emptyLists: 'empty_string' | 'empty_array' | 'empty_object' | 'absent';
}

/** The fields of an answer: flat values and, for a list, nested objects. */
export interface WhmcsFields {
  readonly [name: string]: string | number | WhmcsFields | readonly WhmcsFields[];
}

/** A response as JSON when `responsetype=json` was sent, else as XML, which is what WHMCS answers by default. */
export function whmcsAnswer(form: URLSearchParams, status: number, fields: WhmcsFields): Response {
  if (form.get('responsetype') === 'json') return json(status, fields);
  const action = form.get('action') ?? '';
  const xml = `<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi>\n${xmlOf({ action, ...fields })}</whmcsapi>\n`;
  return new Response(xml, { status, headers: { 'content-type': 'application/xml' } });
}

/** The id in the type that the version uses. */
export function idOf(id: number, { ids }: WhmcsShapes): number | string {
  return ids === 'strings' ? String(id) : id;
}

/** `{ packages: { package: […] } }`, in the shape that the version uses. */
export function listOf(outer: string, inner: string, items: readonly WhmcsFields[], shapes: WhmcsShapes): WhmcsFields {
  if (items.length === 0) {
    const empty = {
      empty_string: { [outer]: '' },
      empty_array: { [outer]: [] },
      empty_object: { [outer]: {} },
      absent: {},
    };
    return empty[shapes.emptyLists];
  }
  const [first] = items;
  if (shapes.lists === 'single_object' && first !== undefined && items.length === 1)
    return { [outer]: { [inner]: first } };
  return { [outer]: { [inner]: shapes.lists === 'numeric_keys' ? Object.fromEntries(items.entries()) : items } };
}

/** An item of a list is an element of the list's name. */
function xmlOf(fields: WhmcsFields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (isList(value) ? value.map((item) => element(name, item)) : [element(name, value)]))
    .join('');
}

function element(name: string, value: string | number | WhmcsFields): string {
  const tag = /^[0-9]/.test(name) ? `item${name}` : name;
  return `<${tag}>${typeof value === 'object' ? `\n${xmlOf(value)}` : escapeXml(value)}</${tag}>\n`;
}

function isList(value: WhmcsFields[string]): value is readonly WhmcsFields[] {
  return Array.isArray(value);
}

function escapeXml(value: string | number): string {
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

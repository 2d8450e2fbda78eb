/**
 * The fields of a form, URL-encoded or multipart. A body of another content type has none, as in PHP: what was not sent
 * as a form is not there.
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  if (mediaType(request) === 'multipart/form-data') return readMultipart(request);
  if (mediaType(request) !== 'application/x-www-form-urlencoded') return new URLSearchParams();
  return new URLSearchParams(await request.text());
}

/** Without the files, which PHP keeps elsewhere. A body that is not what its type says has no fields. */
async function readMultipart(request: Request): Promise<URLSearchParams> {
  try {
    const fields = [...(await request.formData())];
    return new URLSearchParams(
      fields.flatMap(([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : [])),
    );
  } catch (error) {
    if (error instanceof TypeError) return new URLSearchParams();
    throw error;
  }
}

/** The object in a JSON body; `undefined` when the content type is not JSON or the body is not one JSON object. */
export async function readJsonObject(request: Request): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (mediaType(request) !== 'application/json') return undefined;
  return parseJsonObject(await request.text());
}

/** The JSON object that the text holds; `undefined` when it holds anything else. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the value is an object and not an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON response. */
export function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

/** An HTML page, as web servers and firewalls answer. */
export function htmlPage(status: number, title: string, paragraph: string): Response {
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${paragraph}</p></body></html>\n`;
  return new Response(page, { status, headers: { 'content-type': 'text/html; charset=UTF-8' } });
}

function mediaType(request: Request): string | undefined {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

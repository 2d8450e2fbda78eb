const TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

// A selection of a whole page with the longest ids takes a fifth of it.
const MOST_BYTES = 131_072;

/** The fields of a form; `undefined` if the request carries none, or too much, or ends before them. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  if (!TYPE.test(request.headers.get('content-type') ?? '') || request.body === null || request.bodyUsed)
    return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of request.body) {
      length += chunk.byteLength;
      if (length > MOST_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The browser has gone, which is nobody's fault.
    return undefined;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

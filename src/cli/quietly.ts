/** Loads something without the warnings that Node.js has for it: they are for its author, and nobody else can act on them. */
export async function quietly<Module>(load: () => Promise<Module>): Promise<Module> {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

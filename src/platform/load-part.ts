/**
 * A part of cancelkit that could not be loaded. Only parts that are needed before anything is sent are loaded this way.
 */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure';

  constructor() {
    super('a part of cancelkit could not be loaded. If packages were updated, restart the program. Nothing was sent.');
  }
}

/**
 * Waits for a part of cancelkit that is imported on demand.
 *
 * @throws LoadFailure without what the loader threw: that names files of this machine.
 */
export async function loadPart<Part>(loading: Promise<Part>): Promise<Part> {
  try {
    return await loading;
  } catch {
    throw new LoadFailure();
  }
}

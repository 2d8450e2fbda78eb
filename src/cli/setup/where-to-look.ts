import type { WhereToLook } from '../../contract/where-to-look.ts';
import type { Labelled } from '../terminal/labelled.ts';
import type { OpenedServices } from './open-services.ts';

/** Where a person finds a service at its provider, if that is known. Never fails: what is shown beside it matters. */
export async function whereToLook(
  { services }: OpenedServices,
  account: string,
  service: object,
  place?: string,
): Promise<WhereToLook | undefined> {
  try {
    return await services.whereToLook({ account, service }, place === undefined ? {} : { place });
  } catch {
    // An account or a service that is not known here any more.
    return undefined;
  }
}

/** The same, to be shown. */
export function whereLabels(where: WhereToLook | undefined): readonly Labelled[] {
  if (where === undefined) return [];
  const { url, steps, source } = where;
  return [
    ['where to look', `${url === undefined ? '' : `${url} `}(${source})`],
    ...steps.map((step, index): Labelled => [String(index + 1), step]),
  ];
}

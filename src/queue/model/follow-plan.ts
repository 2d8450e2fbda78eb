/** When a cancellation that the provider accepted is read again, until its service is over. All in milliseconds. */
export interface FollowPlan {
  /** From the acceptance to the first reading. Default: a day. */
  readonly afterMs: number;
  /** How long before the end of its date it is read, so that an undo is noticed in time. Default: 7 and 3 days. */
  readonly beforeDateMs: readonly number[];
  /** From the end of its date, which is over in every time zone by then, to the next reading. Default: a day. */
  readonly afterDateMs: number;
  /**
   * Between readings after its date, and between a reading that contradicts it and the one that confirms that. Default:
   * a day.
   */
  readonly everyMs: number;
  /** For how long it is read after its date. If the service is not over then, it is `overdue`. Default: a week. */
  readonly forMs: number;
  /** Between readings of one whose date is not known. Default: a week. */
  readonly undatedEveryMs: number;
  /** For how long one is read whose date is not known. Default: 400 days. */
  readonly undatedForMs: number;
}

const DAY = 86_400_000;

/** What applies to what is left out. */
export const DEFAULT_FOLLOW: FollowPlan = {
  afterMs: DAY,
  beforeDateMs: [7 * DAY, 3 * DAY],
  afterDateMs: DAY,
  everyMs: DAY,
  forMs: 7 * DAY,
  undatedEveryMs: 7 * DAY,
  undatedForMs: 400 * DAY,
};

/** As a caller asks for it: with the defaults, with other times, or not at all. */
export type FollowOption = boolean | { readonly [Key in keyof FollowPlan]?: FollowPlan[Key] | undefined };

/** The plan that an option asks for; `false`: it is not followed. */
export function followPlanOf(option: FollowOption): FollowPlan | false {
  if (typeof option === 'boolean') return option && DEFAULT_FOLLOW;
  const given = Object.entries(option).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_FOLLOW, ...Object.fromEntries(given) };
}

/**
 * What contradicts a cancellation that the provider accepted:
 *
 * - `lapsed`: the provider has none any more, or the end of the service has moved later than was promised;
 * - `overdue`: its date has passed, and the provider does not say that the service is over;
 * - `gone`: its date has passed, and the provider has no such service any more. It is over.
 */
export type FollowDoubt = 'lapsed' | 'overdue' | 'gone';

/**
 * Why the readings ended without a finding:
 *
 * - `unconfirmed`: the provider could not be read until the plan was over, or its date was never known;
 * - `superseded`: a newer cancellation of the same service is followed in its place;
 * - `switched_off`: the queue that worked on it does not follow.
 */
export type FollowEnd = 'unconfirmed' | 'superseded' | 'switched_off';

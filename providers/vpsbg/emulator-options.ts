/** How the emulated VPSBG answers in cases that the facts leave open. */
export interface VpsbgOptions {
  /** The response to a successful cancellation: 204 without a body, or `200 {}`. Default `no_content`. */
  readonly cancelAnswer: 'no_content' | 'empty_object';
  /** A second cancellation of a server replaces the first (`accepted`) or is a 422 (`refused`). Default `accepted`. */
  readonly repeatedCancel: 'accepted' | 'refused';
  /** An unknown id in `server_ids` is a 404 (`not_found`) or a 422 (`invalid`). Default `not_found`. */
  readonly unknownServer: 'not_found' | 'invalid';
  /**
   * A list of which only some can be cancelled is refused as a whole (`refused`), refused after those were cancelled
   * (`partly_executed`), or accepted and the others skipped (`skipped`). Default `refused`.
   */
  readonly partlyBadList: 'refused' | 'partly_executed' | 'skipped';
  /**
   * What a server's `cancel_request` holds, which is not documented: the documented form of a floating IP's (`typed`),
   * an object with `now` (`with_now`), or only `true` (`flag`). Default `typed`.
   */
  readonly cancelRequest: 'typed' | 'with_now' | 'flag';
  /**
   * The undo calls take the request back (`works`), answer 204 in vain (`ignored`) or do not exist (`absent`). Default
   * `works`.
   */
  readonly undo: 'works' | 'ignored' | 'absent';
  /** Whether an addon shows its cancel request; the documented addons show none. Default `hidden`. */
  readonly addonCancelRequest: 'hidden' | 'shown';
  /** A terminated server is still shown by its id (`shown`), or is a 404 (`gone`). Default `shown`. */
  readonly terminated: 'shown' | 'gone';
}

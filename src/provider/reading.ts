import type { Exchange } from '../contract/exchange.ts';
import type { AbsentVerdict, NoVerdict, OptionsVerdict, StatusVerdict } from '../contract/verdict.ts';
import type { CancellationStatus, Timing } from '../contract/vocabulary.ts';

/** What an adapter has read of a service: its cancellation, and whatever else decides what may be asked. */
export interface ReadState {
  readonly status: CancellationStatus;
}

/**
 * The operations `status` and `options` of an adapter that reads a service in one way for both.
 *
 * @param toOptions what may be asked of the service as it was read.
 */
export function reading<Service, Config, Read extends ReadState, T extends Timing>(
  read: (service: Service, config: Config) => Exchange<Read | AbsentVerdict | NoVerdict>,
  toOptions: (read: Read) => OptionsVerdict<T>,
): {
  readonly status: (service: Service, config: Config) => Exchange<StatusVerdict>;
  readonly options: (service: Service, config: Config) => Exchange<OptionsVerdict<T>>;
} {
  return {
    *status(service, config) {
      const state = yield* read(service, config);
      return isVerdict(state) ? state : { verdict: 'found', status: state.status };
    },
    *options(service, config) {
      const state = yield* read(service, config);
      return isVerdict(state) ? state : toOptions(state);
    },
  };
}

/** Whether a read ended with a verdict: the service is not there, or the answer does not show it. */
function isVerdict(read: ReadState | AbsentVerdict | NoVerdict): read is AbsentVerdict | NoVerdict {
  return 'verdict' in read;
}

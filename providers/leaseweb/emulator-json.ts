import { json } from '../../src/sandbox/kit/bodies.ts';
import { addMonths, withOffset } from '../../src/sandbox/kit/calendar.ts';
import type { EmulatorClock } from '../../src/sandbox/kit/clock.ts';
import type { LeasewebInstance, LeasewebProduct } from './emulator-state.ts';

/** How the emulated Leaseweb answers where the documentation leaves it open. */
export interface LeasewebOptions {
  /** What a cancelled service shows: that it can be restored, or only a date at which it ends. Default `flag`. */
  readonly cancelledService: 'flag' | 'date_only';
  /** A second cancellation is an error, or takes the place of the first. Default `refused`. */
  readonly repeatedCancellation: 'refused' | 'replaced';
  /** What is over is a 404, or is still shown. Default `gone`. */
  readonly ended: 'gone' | 'shown';
  /** Whether `contract.endsAt` of a monthly instance is there before it is terminated. Default `always`. */
  readonly endsAt: 'always' | 'once_terminated';
}

/** An error in the API's form. */
export function leasewebError(status: number, errorMessage: string): Response {
  const correlationId = '5a11db0c-0000-4000-8000-00000000c0de';
  return json(status, { correlationId, errorCode: String(status), errorMessage });
}

/** A service as `GET /services/{id}` shows it. */
export function productJson(product: LeasewebProduct, { cancelledService }: Readonly<LeasewebOptions>): object {
  const { id, cancellation, cancellable, contractTermEnd, ended } = product;
  return {
    id,
    billingCycle: '1 MONTH',
    cancellable: cancellable && cancellation === null,
    uncancellable: cancellation !== null && !ended && cancelledService === 'flag',
    contractId: '00030110',
    contractTerm: '1 YEAR',
    contractTermEndDate: withOffset(contractTermEnd),
    currency: 'EUR',
    startDate: withOffset(addMonths(contractTermEnd, -12)),
    endDate: cancellation?.target === undefined ? null : withOffset(cancellation.target),
    equipmentId: '3000110',
    productId: 'DEDICATED_SERVER',
    reference: 'sandbox',
    status: ended ? 'ENDED' : 'ACTIVE',
  };
}

/** An instance as `GET /instances/{instanceId}` shows it. */
export function instanceJson(
  instance: LeasewebInstance,
  clock: EmulatorClock,
  options: Readonly<LeasewebOptions>,
): object {
  const { id, cancellation, contractEnd, contractType: type, term, ended } = instance;
  const showsEnd = contractEnd !== undefined && (cancellation !== null || options.endsAt === 'always');
  const state = cancellation?.when === 'immediate' ? 'DESTROYING' : 'RUNNING';
  const renewalsAt = withOffset(contractEnd ?? addMonths(clock.now(), 1));
  const contract = {
    billingFrequency: 1,
    term,
    type,
    endsAt: showsEnd ? withOffset(contractEnd) : null,
    renewalsAt,
    createdAt: withOffset(clock.now()),
    state: cancellation === null ? 'ACTIVE' : 'DELETE_SCHEDULED',
  };
  return { ...MACHINE, id, state: ended ? 'DESTROYED' : state, contract };
}

/** What every instance is, apart from its contract. */
const MACHINE = {
  type: 'lsw.m3.large',
  region: 'eu-west-3',
  reference: 'sandbox',
  productType: 'INSTANCE',
  image: { id: 'UBUNTU_24_04_64BIT', name: 'Ubuntu 24.04 LTS', family: 'linux', flavour: 'ubuntu', custom: false },
  resources: {
    cpu: { value: 2, unit: 'vCPU' },
    memory: { value: 8, unit: 'GiB' },
    publicNetworkSpeed: { value: 4, unit: 'Gbps' },
    privateNetworkSpeed: { value: 1, unit: 'Gbps' },
  },
  rootDiskSize: 50,
  rootDiskStorageType: 'CENTRAL',
  hasPublicIpV4: false,
  hasPrivateNetwork: false,
  hasUserData: false,
  startedAt: null,
  marketAppId: null,
  autoScalingGroup: null,
  ips: [],
  iso: null,
  privateNetwork: null,
};

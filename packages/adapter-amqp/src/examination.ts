import { connect, type ChannelModel } from 'amqplib';
import { brokerAddress, type BrokerAddress } from './broker-address.js';
import { isUntrusted, problemOf, socketOf } from './link.js';
import { missingRights, missingThings, type BrokerThing, type LackingRight } from './questions.js';
import { setupOf, type SermoOptions, type SermoSetup } from './sermo/options.js';
import { checkSetup } from './sermo/places.js';

/** What keeps a gateway from working with a broker as it is configured. */
export type BrokerTrouble =
  /** Nobody answers; `problem` is the word of the operating system, or of the library. */
  | { readonly kind: 'unreachable'; readonly problem: string }
  /** What answers does not greet as AMQP 0-9-1 does. [AMQP 4.2.2] */
  | { readonly kind: 'stranger' }
  /** A certificate that is not trusted, of either side. */
  | { readonly kind: 'untrusted'; readonly problem: string }
  | { readonly kind: 'credentials'; readonly user: string }
  /** The broker does not say which: there is no such virtual host, or it is closed to the user. */
  | { readonly kind: 'vhost'; readonly vhost: string; readonly user: string }
  /** It takes nothing: its memory or its disk is full. [RABBITMQ connection.blocked] */
  | { readonly kind: 'silent' }
  | (LackingRight & { readonly kind: 'permission'; readonly user: string; readonly vhost: string })
  | BrokerThing;

/** One address of a broker, without its password, and what is wrong there; nothing: all is well. */
export interface ExaminedBroker {
  readonly address: string;
  readonly troubles: readonly BrokerTrouble[];
}

/** What is asked answers in this time, or not at all, ms. */
const patienceMs = 3_000;

/**
 * Signs in at each address as the adapter would, and says what would keep it from working there; for fleeting
 * options also what would keep `sermoPeer` from it. Nothing is made, sent or taken. Throws CONFIG_INVALID for options that cannot work with any broker.
 */
export async function examineBroker(options: SermoOptions): Promise<readonly ExaminedBroker[]> {
  const setup = setupOf(options);
  checkSetup(setup);
  return Promise.all(
    setup.urls.map(brokerAddress).map(async (address) => ({
      address: address.shown,
      troubles: await troublesAt(address, setup),
    })),
  );
}

async function troublesAt(address: BrokerAddress, setup: SermoSetup): Promise<readonly BrokerTrouble[]> {
  let model: ChannelModel;
  try {
    model = await connect(address.options, { ...socketOf(setup.tls ?? {}, 'dragoman doctor'), timeout: patienceMs });
  } catch (error) {
    return [refusalOf(error, address)];
  }
  model.on('error', () => undefined);
  try {
    const { username: user = '', vhost = '/' } = address.options;
    const rights = await missingRights(model, setup);
    return [
      ...rights.map((lacking) => ({ kind: 'permission' as const, ...lacking, user, vhost })),
      ...(await missingThings(model, setup)),
    ];
  } catch {
    return [{ kind: 'silent' }];
  } finally {
    // One that takes nothing does not hear that we go, either.
    await Promise.race([model.close().catch(() => undefined), after(patienceMs)]);
  }
}

function refusalOf(error: unknown, { options: { username: user = '', vhost = '/' } }: BrokerAddress): BrokerTrouble {
  const problem = codeOf(error) ?? problemOf(error);
  if (isUntrusted(error)) return { kind: 'untrusted', problem };
  if (problem.includes('ACCESS-REFUSED')) return { kind: 'credentials', user };
  if (problem.includes('Expected ConnectionOpenOk')) return { kind: 'vhost', vhost, user };
  return codeOf(error) !== undefined || /ETIMEDOUT/.test(problem)
    ? { kind: 'unreachable', problem }
    : { kind: 'stranger' };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const after = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

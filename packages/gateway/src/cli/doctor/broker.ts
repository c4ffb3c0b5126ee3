import { examineBroker, type BrokerTrouble, type SermoOptions } from '@dragoman/adapter-amqp';
import { Fault } from '@dragoman/core';
import type { AdapterConfigOf } from '../../dialects/index.js';
import { sermoOptions } from '../../dialects/sermo.js';
import { copyOf, isCopied } from '../../probe/sermo.js';
import { remedies } from '../../remedies.js';
import { findings, type Check, type Finding, type Patient } from './finding.js';

type Sermo = AdapterConfigOf<'sermo'>;
type Told = readonly [what: string, remedy: string];

const deeds = { configure: 'declare', write: 'send to', read: 'read from' } as const;
const rights = 'CONFIGURE WRITE READ, of which each is a pattern of names';

/** Each trouble in words, and what to do about it at the broker or in the config. */
function toldOf(trouble: BrokerTrouble): Told {
  switch (trouble.kind) {
    case 'unreachable':
      return [
        `does not answer (${trouble.problem})`,
        'see that it runs and that no firewall is between; then correct the url of the adapter sermo',
      ];
    case 'stranger':
      return ['is no broker of AMQP 0-9-1', 'correct host and port; 5672 is usual, 5671 for amqps'];
    case 'untrusted':
      return [
        `has a certificate that is not trusted (${trouble.problem})`,
        'give tls.ca who signed it, and tls.servername where its name is not the host',
      ];
    case 'credentials':
      return [
        `refuses the password of ${trouble.user}`,
        `correct user and password in the url, or: rabbitmqctl change_password ${trouble.user} PASSWORD; guest signs in from its own machine alone`,
      ];
    case 'vhost':
      return [
        `has no virtual host ${trouble.vhost}, or keeps ${trouble.user} out of it`,
        `rabbitmqctl list_vhosts names them; rabbitmqctl set_permissions -p ${trouble.vhost} ${trouble.user} ${rights}`,
      ];
    case 'silent':
      return ['takes nothing', 'rabbitmqctl status shows its alarms: free memory or disk there'];
    case 'permission':
      return [
        `lets ${trouble.user} not ${deeds[trouble.right]} ${trouble.names.join(', ')}`,
        `widen ${trouble.right.toUpperCase()}: rabbitmqctl set_permissions -p ${trouble.vhost} ${trouble.user} ${rights}`,
      ];
    case 'missing':
      return [
        `has no ${trouble.what} ${trouble.name}`,
        'make it as docs/dialects/sermo.md has it, or let the gateway make it with "declare": "active"',
      ];
    case 'different':
      return [
        `has another ${trouble.what} ${trouble.name} (${trouble.problem})`,
        'delete it when it is empty, so that it is made anew; or choose another in names, or queueType',
      ];
  }
}

/** What the probe may not do at each address, with the names that it would give to what it makes. */
async function probeFindings(options: SermoOptions): Promise<readonly Finding[]> {
  if (!isCopied(options)) return [];
  const { fault } = findings('broker');
  const examined = await examineBroker(copyOf(options, 'example'));
  return examined.flatMap(({ address, troubles }) =>
    troubles
      .map(toldOf)
      .map(([what, remedy]) => fault(`${address} ${what} for the probe`, `${remedy}; or leave out operations.probe`)),
  );
}

async function brokerFindings(config: Sermo, { env, config: { operations } }: Patient): Promise<readonly Finding[]> {
  const { fault, fine } = findings('broker');
  try {
    const options = sermoOptions(config, env);
    const examined = await examineBroker(options);
    const isWell = examined.every(({ troubles }) => troubles.length === 0);
    const ofProbe = isWell && operations?.probe !== undefined ? await probeFindings(options) : [];
    if (ofProbe.length > 0) return ofProbe;
    return examined.flatMap(({ address, troubles }) =>
      troubles.length === 0
        ? [fine(`${address} lets us in, and has what we need or lets us make it`)]
        : troubles.map(toldOf).map(([what, remedy]) => fault(`${address} ${what}`, remedy)),
    );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [fault(error.message, remedies[error.code])];
  }
}

/** The broker of each adapter that has one lets us in, and lets us do what we must. */
export const checkBroker: Check = async (patient) => {
  const brokered = patient.config.adapters.filter((one): one is Sermo => one.dialect === 'sermo');
  return (await Promise.all(brokered.map((config) => brokerFindings(config, patient)))).flat();
};

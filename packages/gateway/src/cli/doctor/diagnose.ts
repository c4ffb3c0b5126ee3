import { checkBroker } from './broker.js';
import { checkPictures, checkSpace, checkStore } from './disk.js';
import type { Check, Finding, Patient } from './finding.js';
import { checkNode, checkOpenFiles } from './machine.js';
import { checkAuthorities } from './outside.js';
import { checkPorts, checkProxies } from './ports.js';
import { checkSecretFiles, checkSecrets } from './secrets.js';

const checks: readonly Check[] = [
  checkNode,
  checkOpenFiles,
  checkSecretFiles,
  checkSecrets,
  checkPorts,
  checkProxies,
  checkStore,
  checkPictures,
  checkSpace,
  checkBroker,
  checkAuthorities,
];

/** Everything that can be said about a gateway that is to serve here; nothing is changed. */
export async function diagnose(patient: Patient): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => check(patient)))).flat();
}

import { createCore } from '../runtime/core.js';
import { capabilityChecks } from './adapter/capabilities.js';
import { lifecycleChecks } from './adapter/lifecycle.js';
import { pastChecks } from './adapter/past.js';
import { relayChecks } from './adapter/relay.js';
import type { Check, Stage } from './adapter/stage.js';
import type { AdapterSubject, SubjectClient, Subject, TestFunctions } from './adapter/subject.js';
import { troubleChecks } from './adapter/trouble.js';
import { watchCore } from './adapter/watched-core.js';

/** Hands every client out and remembers it, so that a test that failed leaves none behind. */
function remembering(subject: Subject, clients: SubjectClient[]): Pick<Subject, 'customer' | 'operator'> {
  const remember = async (client: Promise<SubjectClient>): Promise<SubjectClient> => {
    clients.push(await client);
    return client;
  };
  return { customer: (id) => remember(subject.customer(id)), operator: (id) => remember(subject.operator(id)) };
}

async function perform(check: Check, about: AdapterSubject): Promise<void> {
  const core = await createCore(about.core);
  const subject = await about.open();
  const clients: SubjectClient[] = [];
  const stage: Stage = { ...subject, ...remembering(subject, clients), core: watchCore(core), about };
  try {
    await subject.adapter.start(stage.core);
    await check.run(stage);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await subject.adapter.stop();
    await subject.close?.();
    await core.stop();
  }
}

/** Declares the tests that every adapter passes. A skipped one is named with its reason and does not run. */
export function adapterContract({ describe, it }: TestFunctions, about: AdapterSubject): void {
  const declared = [...pastChecks(about.capabilities), ...capabilityChecks(about.capabilities)];
  const checks = [...lifecycleChecks, ...relayChecks, ...troubleChecks, ...declared];
  const skips = new Map(Object.entries(about.skips ?? {}));
  for (const name of skips.keys()) {
    if (!checks.some((check) => check.name === name)) throw new TypeError(`no such test to skip: ${name}`);
  }
  describe(`the adapter contract: ${about.name}`, () => {
    for (const check of checks) {
      const reason = skips.get(check.name);
      if (reason === undefined) it(check.name, () => perform(check, about));
      else it(`${check.name} [skipped: ${reason}]`);
    }
  });
}

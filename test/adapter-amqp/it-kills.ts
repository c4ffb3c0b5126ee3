import { isOurs } from './broker.js';

/** A test that stops or kills the broker; where that is lent, one that is pending and says so. */
export function itKills(title: string, body: (this: Mocha.Context) => Promise<void>): void {
  if (isOurs) it(title, body);
  else it(`${title}: not run, the broker of AMQP_URL is not ours to kill`);
}

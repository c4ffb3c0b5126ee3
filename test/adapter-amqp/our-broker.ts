import { isOurs } from './broker.js';

/** A test that stops, kills or asks the broker itself; where that is lent, one that is pending and says so. */
export function itOnOurBroker(title: string, body: (this: Mocha.Context) => Promise<void>): void {
  if (isOurs) it(title, body);
  else it(`${title}: not run, the broker of AMQP_URL is not ours`);
}

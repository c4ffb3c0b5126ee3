import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { disconnectReasons, reject, rejectionCodes, type DisconnectReason, type RejectionCode } from '../../outcome.js';
import { messageLimits } from '../../message.js';
import { textsFor } from '../../stand-ins.js';
import { eventually } from '../eventually.js';
import { meet } from './counterpart.js';
import { exchange, pair, shows, type Check } from './stage.js';
import { silence } from './subject.js';

/** The suite gives up on a reader who has been sent so much and is still there. */
const patienceBytes = 64 * 1024 * 1024;
const longText = '.'.repeat(messageLimits.textUnits - 20);

const refusalCheck = (code: RejectionCode): Check => ({
  name: `a message refused with ${code} is answered as the dialect says`,
  async run(stage) {
    const [customer, operator] = await pair(stage);
    stage.core.answer = ({ type }) =>
      type === 'PostMessage' ? { ok: false, rejection: reject(code, { afterMs: 1000, what: 'text' }) } : undefined;
    const expected = stage.about.refusals[code];
    const asked = stage.core.commands.length;
    await customer.post('refused');
    await eventually('the message reaches the core', () => stage.core.commands.length > asked);
    if (expected !== silence) await eventually(`${code} is answered`, () => customer.refused().length > 0);
    stage.core.answer = undefined;
    await exchange(customer, operator, 'and it goes on');
    deepStrictEqual(customer.refused(), expected === silence ? [] : [expected]);
  },
});

const dismissalCheck = (reason: DisconnectReason): Check => ({
  name: `a client whose session ends with ${reason} is told, or cut off`,
  async run(stage) {
    const [customer] = await pair(stage);
    await Promise.all(stage.core.sessions.map((session) => session.dismiss(reason)));
    await eventually('the client knows', () => customer.isClosed());
  },
});

/** What goes wrong is answered, and hurts nobody else. */
export const troubleChecks: readonly Check[] = [
  ...rejectionCodes.map(refusalCheck),
  {
    name: 'what is no frame never reaches the core, and the next frame works unless the client was cut off',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const asked = stage.core.commands.length;
      await customer.babble();
      if (customer.isClosed()) return;
      await customer.post('after the noise').catch(() => undefined);
      await eventually(
        'it goes on or is cut off',
        () => customer.isClosed() || operator.heard().includes('after the noise'),
      );
      const posts = stage.core.commands.slice(asked).filter(({ type }) => type === 'PostMessage');
      strictEqual(posts.length, customer.isClosed() ? 0 : 1);
    },
  },
  {
    name: 'what is no frame hurts no other client',
    async run(stage) {
      const [customer, operator] = await pair(stage);
      const noisy = await stage.customer('eve');
      for (let times = 0; times < 100 && !noisy.isClosed(); times += 1) await noisy.babble();
      await exchange(customer, operator, 'undisturbed');
    },
  },
  ...disconnectReasons.map(dismissalCheck),
  {
    name: 'a reader too slow is sent away, and the others hear everything',
    async run(stage) {
      const { client: customer, other } = await meet(stage, 'customer');
      const before = stage.core.sessions.length;
      const slow = await stage.customer('ann');
      await slow.open();
      const sessions = stage.core.sessions.slice(before);
      ok(sessions.length > 0, 'the slow device has no session of its own');
      slow.stall?.();
      const isShed = (): boolean => sessions.every((session) => session.isOver);
      const limits = stage.adapter.capabilities.customer?.hears.text;
      // Said by somebody of no dialect: a flood of the longest texts, whatever the operators of this one may say at once.
      for (let sent = 0; !isShed() && sent < patienceBytes; sent += longText.length) {
        const words = `${longText}${sent}`;
        await other.say(words);
        await shows(customer, textsFor(words, limits).at(-1) ?? '');
      }
      await eventually('the slow reader is shed', isShed);
      await other.say('still here');
      await shows(customer, 'still here');
      await customer.post('so am I');
      await other.hears('so am I');
    },
  },
];

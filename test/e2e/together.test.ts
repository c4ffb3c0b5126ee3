import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { askForPerson, handingOver } from './matrix/greeter.js';
import { openStage, type WatchedStage } from './matrix/stage.js';
import { clustaar } from './people/clustaar.js';
import { happychat } from './people/happychat.js';
import type { Person } from './people/person.js';
import { tickets } from './people/tickets.js';

describe('several dialects at one chat', () => {
  let stage: WatchedStage;

  beforeEach(async () => {
    stage = await openStage([happychat, tickets, clustaar], undefined);
  });
  afterEach(() => stage.close());

  /** What one client showed of these words, in the order it showed them. */
  const shownOf = (person: Person, words: readonly string[]): readonly string[] =>
    person.heard().filter((text) => words.includes(text));

  async function allHear(people: readonly Person[], words: readonly string[]): Promise<void> {
    for (const person of people) {
      await eventually('all of it is shown', () => words.every((text) => person.heard().includes(text)));
      expect(shownOf(person, words)).to.deep.equal(words);
    }
  }

  it('an operator with a Happychat desk and a Phoenix phone reads the same on both, once and in order', async () => {
    const { person: desk } = await stage.operator(happychat, 'olga');
    const { person: phone } = await stage.operator(clustaar, 'olga');
    const { person: joe } = await stage.customer(tickets, 'joe');
    await joe.say(askForPerson);
    await eventually('the bot hands over', () => joe.heard().includes(handingOver));
    await eventually('it is hers', () => desk.isServed?.() === true && phone.isServed?.() === true);
    const asked = ['one', 'two', 'three'];
    for (const text of asked) await joe.say(text);
    await allHear([desk, phone], asked);
    const answers = ['from the desk', 'from the phone', 'from the desk again'];
    for (const [text, at] of [
      ['from the desk', desk],
      ['from the phone', phone],
      ['from the desk again', desk],
    ] as const) {
      await at.say(text);
    }
    await allHear([joe], answers);
  });

  it('a customer with a page of Happychat and one of Clustaar reads the same on both, once and in order', async () => {
    const { person: tab } = await stage.customer(happychat, 'joe');
    await tab.say(askForPerson);
    await eventually('the bot hands over', () => tab.heard().includes(handingOver));
    const { person: phone } = await stage.customer(clustaar, 'joe');
    const { person: olga } = await stage.operator(happychat, 'olga');
    await eventually('it is hers', () => olga.isServed?.() === true);
    await phone.say('from the phone');
    await tab.say('from the tab');
    await allHear([olga], ['from the phone', 'from the tab']);
    const answers = ['one', 'two', 'three'];
    for (const text of answers) await olga.say(text);
    await allHear([tab, phone], answers);
  });

  it('a bot, then two operators of different protocols speak in one chat, and all is told in one order', async () => {
    const { person: joe } = await stage.customer(tickets, 'joe');
    await joe.say('hello');
    await joe.say(askForPerson);
    await eventually('the bot hands over', () => joe.heard().includes(handingOver));
    const { person: olga } = await stage.operator(happychat, 'olga');
    await eventually('it is hers', () => olga.isServed?.() === true);
    const { person: otto } = await stage.operator(clustaar, 'otto');
    await joe.say('anybody?');
    await eventually('she hears him', () => olga.heard().includes('anybody?'));
    await olga.say('I am here');
    await otto.joinIn?.();
    for (const text of ['one', 'two']) await joe.say(text);
    await otto.say('so am I');
    await olga.say('good');
    await allHear([olga, otto], ['anybody?', 'one', 'two']);
    await allHear([joe], ['you said: hello', handingOver, 'I am here', 'so am I', 'good']);
  });

  it('an operator of Happychat has a last word, and gives on, in a chat of another protocol that he has just closed', async () => {
    const { person: joe } = await stage.customer(tickets, 'joe');
    await joe.say(askForPerson);
    const { person: olga } = await stage.operator(happychat, 'olga');
    await eventually('it is hers', () => olga.isServed?.() === true);
    await olga.say('have a look at this');
    await olga.end?.();
    await eventually('she sees that it is over', () => olga.isOver?.() === true);
    const isOwnShown = olga.say('and thank you');
    await eventually('he hears her', () => joe.heard().includes('and thank you'));
    await isOwnShown;
    const { person: otto } = await stage.operator(clustaar, 'otto');
    await olga.transfer?.(stage.idOfLatest(clustaar) ?? '');
    await eventually('it goes on with the colleague', () => otto.isServed?.() === true);
  });
});

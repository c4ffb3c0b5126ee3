import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@dragoman/core/testing';
import {
  createGateway,
  createObservers,
  devConfig,
  devEnvironment,
  tokens,
  verifyDev,
  type Config,
} from '@dragoman/gateway';
import { expect } from 'chai';
import { FrameWatch } from '../asyncapi/watching.js';
import { describeWith } from '../programs.js';
import { clustaar } from './people/clustaar.js';
import { convead } from './people/convead.js';
import { happychat } from './people/happychat.js';
import { operatorTopic } from './people/operator-topic.js';
import type { Dialect, Person } from './people/person.js';
import { sermo } from './people/sermo.js';
import { tickets } from './people/tickets.js';

const dialects: readonly Dialect[] = [happychat, tickets, convead, clustaar, sermo, operatorTopic];

/** Sees every frame of every conversation below. */
const watch = new FrameWatch();
const observers = createObservers();
observers.add(watch.observe);

/** Words that encodings break on: accents, right to left, an emoji of several code points. */
const hard = 'Ça va? שלום, 你好 👩‍👩‍👧';

/** One pixel, as PNG. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Pair {
  readonly customer: Person;
  readonly operator: Person;
  /** Brings another operator of the same dialect to work; the test hangs up for him. */
  readonly colleague: (id: string) => Promise<Person>;
}

/** A conversation of two real clients through one gateway, from the first word to the end. */
const claims: readonly { readonly says: string; readonly holds: (pair: Pair) => Promise<void> }[] = [
  {
    says: 'hear each other, once and in order, in the very words',
    async holds({ customer, operator }) {
      await customer.say(hard);
      await eventually('the operator hears the first word', () => operator.heard().length > 0);
      for (const text of ['two', 'three']) await customer.say(text);
      await eventually('the operator hears the rest', () => operator.heard().length >= 3);
      for (const text of [hard, 'yes']) await operator.say(text);
      await eventually('the customer hears it', () => customer.heard().length >= 2);
      expect(operator.heard()).to.deep.equal([hard, 'two', 'three']);
      expect(customer.heard()).to.deep.equal([hard, 'yes']);
    },
  },
  {
    says: 'see each other type, where both know the sign',
    async holds(pair) {
      const { customer, operator } = pair;
      await met(pair);
      const { type: customerTypes, sawTyping: customerSaw } = customer;
      const { type: operatorTypes, sawTyping: operatorSaw } = operator;
      if (customerTypes !== undefined && operatorSaw !== undefined) {
        await customerTypes();
        await eventually('the operator sees it', operatorSaw);
      }
      if (operatorTypes !== undefined && customerSaw !== undefined) {
        await operatorTypes();
        await eventually('the customer sees it', customerSaw);
      }
      await customer.say('done');
      await eventually('and it went on', () => operator.heard().includes('done'));
    },
  },
  {
    says: 'see what became of their words, as far as the other can tell',
    async holds(pair) {
      const { customer, operator } = pair;
      await met(pair);
      const sees = async (author: Person, reader: Person): Promise<void> => {
        const { receipt } = author;
        if (receipt === undefined) return;
        if (author.seesDeliveries) await eventually('it was delivered', () => receipt() !== 'sent');
        await reader.read?.();
        if (reader.read !== undefined) await eventually('it was read', () => receipt() === 'read');
        else expect(receipt(), 'nobody reports reading: it is never made up').to.not.equal('read');
      };
      await sees(customer, operator);
      await sees(operator, customer);
    },
  },
  {
    says: 'pass a picture on, where one can send it, or what stands for it',
    async holds(pair) {
      const { customer, operator } = pair;
      await met(pair);
      const shows = async (author: Person, hearer: Person): Promise<void> => {
        const { picture } = author;
        const { seesPictures } = hearer;
        if (picture === undefined || seesPictures === undefined) return;
        await picture(pixel);
        const looksSo = (told: string): boolean =>
          seesPictures === 'base64' ? told === pixel.toString('base64') : /image\/png|https?:/.test(told);
        await eventually('the picture is shown', () => hearer.heard().some(looksSo));
      };
      await shows(customer, operator);
      await shows(operator, customer);
    },
  },
  {
    says: 'stay in touch when the chat goes to a colleague, where one can give it away',
    async holds(pair) {
      const { customer, operator, colleague } = pair;
      await met(pair);
      if (operator.transfer === undefined) return;
      const otto = await colleague('otto');
      await operator.transfer('otto');
      await customer.say('still there?');
      await eventually('the colleague hears the customer', () => otto.heard().includes('still there?'));
      await otto.say('I am now');
      await eventually('the customer hears the colleague', () => customer.heard().includes('I am now'));
      expect(operator.heard().filter((told) => told === 'still there?').length).to.be.at.most(1);
    },
  },
  {
    says: 'see the end, where one can end it and the other is shown it',
    async holds(pair) {
      const { customer, operator } = pair;
      await met(pair);
      await operator.end?.();
      if (operator.end !== undefined && customer.isOver !== undefined) {
        await eventually('the customer sees it', customer.isOver);
      }
    },
  },
];

async function opened(folder: string, from: Dialect, to: Dialect) {
  const environment = { ...devEnvironment, ...(await from.environment?.()), ...(await to.environment?.()) };
  const plain: Config = { ...devConfig(0, folder, environment), drainMs: 0, log: { level: 'warn' } };
  const asked = from.configure?.(plain, 'customer') ?? plain;
  const gateway = createGateway(to.configure?.(asked, 'operator') ?? asked, {
    verify: verifyDev,
    environment,
    bind: (container) => void container.rebind(tokens.observers).toConstantValue(observers),
  });
  await gateway.start();
  return gateway;
}

async function met({ customer, operator }: Pick<Pair, 'customer' | 'operator'>): Promise<void> {
  await customer.say('hello');
  await eventually('the operator hears the customer', () => operator.heard().includes('hello'));
  await operator.say('welcome');
  await eventually('the customer hears the operator', () => customer.heard().includes('welcome'));
}

for (const from of dialects) {
  for (const to of dialects) {
    const [customer, operator] = [from.customer, to.operator];
    if (customer === undefined || operator === undefined) continue;
    const title = `a ${from.name} customer and a ${to.name} operator`;
    const needs = from.needs ?? to.needs;
    const suite = needs === undefined ? describe : describeWith.bind(undefined, needs);
    suite(title, function () {
      if (needs !== undefined) this.timeout(120_000);
      for (const { says, holds } of claims) {
        it(says, async () => {
          const folder = await mkdtemp(join(tmpdir(), 'dragoman-crossing-'));
          const gateway = await opened(folder, from, to);
          const at = { url: gateway.url() ?? '' };
          const people = { operator: await operator(at, 'olga'), customer: await customer(at, 'joe') };
          const present: Person[] = [people.operator, people.customer];
          const colleague = async (id: string): Promise<Person> => {
            const person = await operator(at, id);
            present.push(person);
            return person;
          };
          try {
            await holds({ ...people, colleague });
          } finally {
            await Promise.all(present.map((person) => person.hangUp()));
            await gateway.stop();
            await rm(folder, { recursive: true });
          }
        });
      }
    });
  }
}

describe('the frames of all these conversations', () => {
  it('are what the AsyncAPI documents describe', () => {
    expect([...watch.misfits]).to.deep.equal([]);
    for (const dialect of ['happychat', 'tickets', 'convead', 'clustaar']) {
      expect(watch.seen.get(dialect), dialect).to.be.above(50);
    }
  });
});

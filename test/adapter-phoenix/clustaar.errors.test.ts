import { reject } from '@dragoman/core';
import { expect } from 'chai';
import { openHouse, type House } from './clustaar-house.js';
import { openWire, type Wire } from './wire.js';

const topic = 'interlocutor:ada';
const who = { bot_id: 'b1', socketToken: 'token-ada' };
const hello = { type: 'text', message: 'Hello' };
const close = ['3', '3', topic, 'phx_close', {}];
const unmatchedTopics = ['interlocutor:', 'interlocutor:a.b', `interlocutor:${'a'.repeat(129)}`, 'operator:olga'];

const replied = (ref: string, status: 'ok' | 'error', response: object): unknown => [
  '3',
  ref,
  topic,
  'phx_reply',
  { status, response },
];

describe('what a page of Clustaar is told', () => {
  let house: House;
  let wire: Wire;

  beforeEach(async () => {
    house = await openHouse();
    wire = await openWire(house.port);
  });

  afterEach(async () => {
    wire.ws.terminate();
    await house.close();
  });

  async function join(): Promise<void> {
    wire.send(['3', '3', topic, 'phx_join', who]);
    expect(await wire.next()).to.deep.equal(replied('3', 'ok', { control: false }));
  }

  async function answerTo(payload: unknown, event = 'interlocutor_reply'): Promise<unknown> {
    wire.send(['3', '8', topic, event, payload]);
    return wire.next();
  }

  describe('about a join', () => {
    for (const name of unmatchedTopics) {
      it(`that ${name.slice(0, 20)} is no topic, and to stop asking`, async () => {
        wire.send(['3', '3', name, 'phx_join', who]);
        const response = { status: 'error', response: { reason: 'unmatched topic' } };
        expect(await wire.next()).to.deep.equal([null, '3', name, 'phx_reply', response]);
        expect(await wire.next()).to.deep.equal(['3', '3', name, 'phx_close', {}]);
      });
    }

    const wrong = {
      'no bot': { socketToken: 'token-ada' },
      'no token': { bot_id: 'b1' },
      number: { ...who, bot_id: 1 },
    };
    for (const [what, params] of Object.entries(wrong)) {
      it(`that its params are invalid, and to stop asking: ${what}`, async () => {
        wire.send(['3', '3', topic, 'phx_join', params]);
        expect(await wire.next()).to.deep.equal(replied('3', 'error', { reason: 'invalid params' }));
        expect(await wire.next()).to.deep.equal(close);
      });
    }

    it('that it is not authorised, and to stop asking', async () => {
      wire.send(['3', '3', topic, 'phx_join', { ...who, socketToken: 'token-eve' }]);
      expect(await wire.next()).to.deep.equal(replied('3', 'error', { reason: 'unauthorized' }));
      expect(await wire.next()).to.deep.equal(close);
    });

    it('that it is unavailable when the store fails meanwhile, and nobody of it stays in the core', async () => {
      const { find } = house.core;
      house.core.find = () => Promise.reject(new Error('the store is gone'));
      wire.send(['3', '3', topic, 'phx_join', who]);
      expect(await wire.next()).to.deep.equal(replied('3', 'error', { reason: 'unavailable' }));
      expect(house.core.sessions.map(({ isOver }) => isOver)).to.deep.equal([true]);
      house.core.find = find;
      await join();
    });

    it('that nobody can tell now, and it may ask again', async () => {
      wire.send(['3', '3', topic, 'phx_join', { ...who, socketToken: 'token-late' }]);
      expect(await wire.next()).to.deep.equal(replied('3', 'error', { reason: 'unavailable' }));
      await join();
    });
  });

  describe('about a reply, while the channel stays', () => {
    const refusals: readonly [what: string, payload: unknown, reason: string][] = [
      ['a wrong bot key', { token: 'k8', body: hello }, 'unauthorized'],
      ['no bot key', { body: hello }, 'unauthorized'],
      ['no body', { token: 'k9' }, 'invalid body'],
      ['a body without a type', { token: 'k9', body: { message: 'Hello' } }, 'invalid body'],
      ['white space', { token: 'k9', body: { type: 'text', message: ' \n' } }, 'invalid body'],
      ['2001 units', { token: 'k9', body: { type: 'text', message: 'x'.repeat(2001) } }, 'message too long'],
      ['9 KiB of another type', { token: 'k9', body: { type: 'form', x: 'x'.repeat(9000) } }, 'message too long'],
    ];
    it('ok: as much as may be said in another type', async () => {
      await join();
      const body = { type: 'form', x: '' };
      const longest = { ...body, x: 'x'.repeat(8192 - JSON.stringify(body).length) };
      expect(await answerTo({ token: 'k9', body: longest })).to.deep.equal(replied('8', 'ok', {}));
    });

    it('message too long: a body that is nested too deep to be written', async () => {
      await join();
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
      wire.send(`["3","8","${topic}","interlocutor_reply",{"token":"k9","body":{"type":"form","x":${deep}}}]`);
      expect(await wire.next()).to.deep.equal(replied('8', 'error', { reason: 'message too long' }));
    });

    for (const [what, payload, reason] of refusals) {
      it(`${reason}: ${what}`, async () => {
        await join();
        expect(await answerTo(payload)).to.deep.equal(replied('8', 'error', { reason }));
        expect(await answerTo({ token: 'k9', body: hello })).to.deep.equal(replied('8', 'ok', {}));
      });
    }

    it('unhandled event: a word that this protocol does not have', async () => {
      await join();
      expect(await answerTo({}, 'typing')).to.deep.equal(replied('8', 'error', { reason: 'unhandled event' }));
    });

    it('binary not supported: bytes, from which nothing comes', async () => {
      await join();
      const field = (text: string): Buffer => Buffer.from(text);
      const fields = ['3', '8', topic, 'interlocutor_reply'].map(field);
      wire.send(Buffer.concat([Buffer.from([0, ...fields.map(({ length }) => length)]), ...fields, field('{}')]));
      expect(await wire.next()).to.deep.equal(replied('8', 'error', { reason: 'binary not supported' }));
      expect(house.core.commands).to.deep.equal([]);
    });

    it('unavailable: the core cannot take it now, and takes it later', async () => {
      await join();
      house.core.answer = ({ type }) => (type === 'PostMessage' ? { ok: false, rejection: reject('BUSY') } : undefined);
      expect(await answerTo({ token: 'k9', body: hello })).to.deep.equal(
        replied('8', 'error', { reason: 'unavailable' }),
      );
      house.core.answer = undefined;
      expect(await answerTo({ token: 'k9', body: hello })).to.deep.equal(replied('8', 'ok', {}));
    });

    it('rate limited, and how long to wait: one more than 20 at once', async () => {
      await join();
      for (let n = 0; n < 20; n += 1) {
        expect(await answerTo({ token: 'k9', body: hello })).to.deep.equal(replied('8', 'ok', {}));
      }
      const refused = await answerTo({ token: 'k9', body: hello });
      expect(refused).to.have.nested.property('[4].response.reason', 'rate limited');
      expect(refused).to.have.nested.property('[4].response.retry_after_ms').that.is.within(1, 500);
    });

    it('and is sent away with 1008 after 200 refusals in a minute; its neighbours are not', async () => {
      await join();
      const neighbour = await openWire(house.port);
      const other = 'interlocutor:eve';
      neighbour.send(['1', '1', other, 'phx_join', { bot_id: 'b1', socketToken: 'token-eve' }]);
      await neighbour.next();
      for (let n = 0; n < 240; n += 1) wire.send(['3', '8', topic, 'interlocutor_reply', { token: 'k9', body: hello }]);
      expect(await wire.closed).to.equal(1008);
      neighbour.send(['1', '2', other, 'interlocutor_reply', { token: 'k9', body: hello }]);
      const ok = { status: 'ok', response: {} };
      expect(await neighbour.next()).to.deep.equal(['1', '2', other, 'phx_reply', ok]);
      neighbour.ws.terminate();
    });
  });

  it('nothing of what he said on another page and wanted shown to nobody, and neither is an operator', async () => {
    const lea = await house.operator('lea');
    await join();
    const other = await openWire(house.port);
    other.send(['1', '1', topic, 'phx_join', who]);
    await other.next();
    const say = (message: string, display: boolean): Promise<unknown> =>
      answerTo({ token: 'k9', params: { display }, body: { type: 'text', message } });
    expect(await say('one', true)).to.deep.equal(replied('8', 'ok', {}));
    expect(await say('for the bot', false)).to.deep.equal(replied('8', 'ok', {}));
    expect(await say('two', true)).to.deep.equal(replied('8', 'ok', {}));
    const heard = [await other.next(), await other.next()];
    const told = (message: string): unknown => [
      null,
      null,
      topic,
      'interlocutor_reply',
      { body: { type: 'text', message } },
    ];
    expect(heard).to.deep.equal([told('one'), told('two')]);
    const { entries } = await house.core.transcript(lea.session, { chatId: lea.chatId() }, { limit: 10 });
    const texts = entries.map(({ event }) => Reflect.get(Object(Reflect.get(Object(event), 'message')), 'body'));
    expect(texts.map((body) => Reflect.get(Object(body), 'text'))).to.deep.equal(['one', 'two']);
    other.ws.terminate();
  });
});

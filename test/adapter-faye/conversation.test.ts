import { expect } from 'chai';
import { box, leave, type Box, type FayeClient } from './faye-client.js';
import { manager, openHouse, visitor, type Body, type House } from './house.js';

/** Subscribes and resolves when the server agreed. */
async function listen(client: FayeClient, channel: string): Promise<Box<Body>> {
  const heard = box<Body>();
  await client.subscribe(channel, (data) => heard.put(data as Body));
  return heard;
}

describe('a conversation over Convead', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
  });

  afterEach(() => house.close());

  /** The seven steps of the document, for visitor v8f2c1 and manager 7. */
  async function initialise() {
    const [widget, ann] = [house.client(), house.manager(7, 'Ann')];
    const [service, duty] = [await listen(widget, '/service/v8f2c1'), await listen(ann, '/service/*')];
    const answer = await house.api('/chat/service/v8f2c1', visitor('v8f2c1'));
    const number = answer.json.conversation?.id ?? 0;
    await duty.next();
    await service.next();
    const atVisitor = await listen(widget, `/conversations/${number}`);
    const atManager = await listen(ann, `/conversations/${number}`);
    return { widget, ann, service, duty, answer, number, atVisitor, atManager };
  }

  it('runs the seven steps: both sides hear of the one conversation and talk in it', async () => {
    const [widget, ann] = [house.client(), house.manager(7, 'Ann')];
    const service = await listen(widget, '/service/v8f2c1');
    const duty = await listen(ann, '/service/*');

    const opened = await house.api('/chat/service/v8f2c1', visitor('v8f2c1'));
    expect(opened.status).to.equal(201);
    const told = await service.next();
    expect(told).to.deep.equal(opened.json);
    expect(await duty.next()).to.deep.equal(opened.json);
    expect(told.conversation).to.include({ visitor_id: 'v8f2c1', manager_id: 7, state: 'open' });

    const number = told.conversation?.id;
    const atVisitor = await listen(widget, `/conversations/${number}`);
    const atManager = await listen(ann, `/conversations/${number}`);
    const hello = await house.api(`/chat/conversation/${number}`, { ...visitor('v8f2c1'), content: 'Hello' });
    expect(hello.status).to.equal(201);
    expect(await atVisitor.next()).to.deep.equal(hello.json);
    expect(await atManager.next()).to.deep.equal(hello.json);

    const reply = await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'Hi, Ann here' });
    expect(await atVisitor.next()).to.deep.equal(reply.json);
    expect(reply.json.message).to.include({
      sender_type: 'manager',
      sender_id: 7,
      content: 'Hi, Ann here',
      read: false,
    });
    expect(reply.json.message?.id).to.be.above(hello.json.message?.id ?? Infinity);
    expect([service.unread, duty.unread, atVisitor.unread]).to.deep.equal([[], [], []]);
  });

  it('tells the visitor that the chat is offline when nobody is on duty', async () => {
    const answer = await house.api('/chat/service/v1', visitor('v1'));
    expect(answer.status).to.equal(422);
    expect(answer.json.error).to.equal('chat_offline_message');
  });

  it('gives the same conversation again and tells it again to the visitor who asks again', async () => {
    const { service, number } = await initialise();
    const again = await house.api('/chat/service/v8f2c1', visitor('v8f2c1'));
    expect(again.status).to.equal(200);
    expect(again.json.conversation?.id).to.equal(number);
    expect(await service.next()).to.deep.equal(again.json);
  });

  it('tells the manager who has the conversation again, and refuses another', async () => {
    const { service } = await initialise();
    expect((await house.api('/chat/service/v8f2c1', manager(7))).status).to.equal(200);
    await service.next();
    const other = await house.api('/chat/service/v8f2c1', manager(8));
    expect([other.status, other.json.error]).to.deep.equal([409, 'chat_already_open']);
    expect(service.unread).to.deep.equal([]);
  });

  it('chooses the manager on duty who asks for a visitor himself', async () => {
    await listen(house.manager(7), '/service/*');
    await listen(house.manager(8), '/service/*');
    const answer = await house.api('/chat/service/v1', manager(8));
    expect([answer.status, answer.json.conversation?.manager_id]).to.deep.equal([201, 8]);
  });

  it('gives new visitors to the manager with the fewest conversations', async () => {
    await listen(house.manager(7), '/service/*');
    await listen(house.manager(8), '/service/*');
    const chosen = [];
    for (const id of ['a', 'b', 'c', 'd']) {
      chosen.push((await house.api(`/chat/service/${id}`, visitor(id))).json.conversation?.manager_id);
    }
    expect(chosen.toSorted()).to.deep.equal([7, 7, 8, 8]);
  });

  it('makes one conversation of many requests at once', async () => {
    await listen(house.manager(7), '/service/*');
    const answers = await Promise.all(Array.from({ length: 8 }, () => house.api('/chat/service/v1', visitor('v1'))));
    expect(new Set(answers.map(({ json }) => json.conversation?.id)).size).to.equal(1);
    expect(answers.filter(({ status }) => status === 201)).to.have.lengthOf(1);
  });

  it('tells a manager who comes on duty of the conversation that waited, and is given to him at once', async () => {
    const who = { workspaceId: 'default', space: 'other', realm: '', externalId: 'joe', idType: 'string' } as const;
    const how = { scope: 'own', echo: 'all', chats: 'mine', away: null } as const;
    const joe = await house.core.connect({ ...who, side: 'customer', role: 'customer', name: 'Joe' }, how, () => {});
    const body = { kind: 'text', text: 'anybody there?' } as const;
    await house.core.dispatch(joe, { type: 'PostMessage', to: { key: 'joe' }, body, ifClosed: 'new' });
    const duty = await listen(house.manager(7), '/service/*');
    expect((await duty.next()).conversation?.manager_id).to.equal(7);
  });

  it('is off duty at once when the manager unsubscribes', async () => {
    const ann = house.manager(7);
    const subscription = ann.subscribe('/service/*', () => undefined) as PromiseLike<unknown> & { cancel(): void };
    await subscription;
    await listen(ann, '/service/v1');
    subscription.cancel();
    await listen(ann, '/service/v2');
    expect((await house.api('/chat/service/v1', visitor('v1'))).json.error).to.equal('chat_offline_message');
  });

  it('hands the messages of an absence to the widget that comes back, once', async () => {
    const { widget, number } = await initialise();
    await leave(widget);
    for (const content of ['one', 'two']) await house.api(`/chat/conversation/${number}`, { ...manager(7), content });
    const back = house.client();
    await listen(back, '/service/v8f2c1');
    const heard = await listen(back, `/conversations/${number}`);
    expect([(await heard.next()).message?.content, (await heard.next()).message?.content]).to.deep.equal([
      'one',
      'two',
    ]);
  });

  it('notifies a visitor who is not in the conversation of a message', async () => {
    const { number, ann } = await initialise();
    const away = house.client();
    const duty = await listen(ann, '/service/*');
    const notices = await listen(away, '/notifications/other');
    const opened = await house.api('/chat/service/other', visitor('other'));
    await duty.next();
    const message = await house.api(`/chat/conversation/${opened.json.conversation?.id}`, {
      ...manager(7),
      content: 'x',
    });
    const { notification } = await notices.next();
    expect(notification?.kind).to.equal('message');
    expect(notification?.data).to.deep.equal({
      conversation_id: opened.json.conversation?.id,
      message_id: message.json.message?.id,
    });
    expect(number).not.to.equal(opened.json.conversation?.id);
  });

  it('notifies no visitor of a message he hears in the conversation', async () => {
    const { widget, number, atVisitor } = await initialise();
    const notices = await listen(widget, '/notifications/v8f2c1');
    for (const content of ['one', 'two']) {
      await house.api(`/chat/conversation/${number}`, { ...manager(7), content });
      expect((await atVisitor.next()).message?.content).to.equal(content);
    }
    expect(notices.unread).to.deep.equal([]);
  });

  describe('history and reading', () => {
    it('gives the newest messages first, from since_id on, over all conversations of the visitor', async () => {
      const { number } = await initialise();
      const ids: number[] = [];
      for (const content of ['a', 'b', 'c']) {
        const { json } = await house.api(`/chat/conversation/${number}`, { ...visitor('v8f2c1'), content });
        ids.push(json.message?.id ?? 0);
      }
      const contents = async (params: object): Promise<unknown> => {
        const { body, headers } = await house.api(`/chat/conversation/${number}/messages`, params);
        const list: { content: string }[] = JSON.parse(body);
        return [list.map(({ content }) => content).join(''), headers['x-has-more']];
      };
      expect(await contents({})).to.deep.equal(['cba', 'false']);
      expect(await contents({ count: 2 })).to.deep.equal(['cb', 'true']);
      expect(await contents({ since_id: ids[1] })).to.deep.equal(['ba', 'false']);
      expect(await contents({ since_id: String(ids[1]), count: '1' })).to.deep.equal(['b', 'true']);
    });

    it('marks a message as read once and shows it as read to both sides', async () => {
      const { number, atVisitor, atManager } = await initialise();
      const { json } = await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'read me' });
      await atVisitor.next();
      await atManager.next();
      const path = `/chat/conversation/${number}/message/${json.message?.id}/mark_read`;
      const marked = await house.api(path);
      expect([marked.status, marked.json.message?.read]).to.deep.equal([200, true]);
      expect(await atVisitor.next()).to.deep.equal(marked.json);
      expect(await atManager.next()).to.deep.equal(marked.json);
      expect((await house.api(path)).json).to.deep.equal(marked.json);
    });
  });
});

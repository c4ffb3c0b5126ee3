import { once } from 'node:events';
import type { Delivery, Identity, Session } from '@dragoman/core';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { box, type Box, type FayeClient } from './faye-client.js';
import { manager, openHouse, token, visitor, type Body, type House } from './house.js';
import { handshake, openSocket, post } from './wire.js';

async function listen(client: FayeClient, channel: string): Promise<Box<Body>> {
  const heard = box<Body>();
  await client.subscribe(channel, (data) => heard.put(data as Body));
  return heard;
}

/** Somebody of another protocol. */
async function stranger(
  house: House,
  changes: Partial<Identity>,
  deliver: (delivery: Delivery) => void = () => undefined,
) {
  const who: Identity = {
    workspaceId: 'default',
    space: 'other',
    side: 'customer',
    role: 'customer',
    realm: '',
    externalId: 'joe',
    idType: 'string',
    name: 'Joe',
    ...changes,
  };
  const away = { leavesDesk: false, noticeMs: null, closeMs: null };
  const isCustomer = who.role === 'customer';
  const scope = who.role === 'monitor' ? 'all' : 'own';
  const options = { scope, echo: 'others', away: isCustomer ? away : null, chats: 'mine' } as const;
  return house.core.connect(who, who.role === 'operator' ? { ...options, mode: 'auto' } : options, deliver);
}

/** Resolves with the next thing that happened and is meant. */
async function witness(
  house: House,
): Promise<{ session: Session; sees(isMeant: (delivery: Delivery) => boolean): Promise<Delivery> }> {
  const heard = box<Delivery>();
  const session = await stranger(house, { side: 'operator', role: 'monitor', externalId: 'witness' }, heard.put);
  return {
    session,
    async sees(isMeant) {
      for (;;) {
        const delivery = await heard.next();
        if (isMeant(delivery)) return delivery;
      }
    },
  };
}

function isNow(status: string): (delivery: Delivery) => boolean {
  return ({ event }) => event.type === 'OperatorChanged' && event.operator.status === status;
}

describe('the life of a Convead client', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse({ quietMs: 100 });
  });

  afterEach(() => house.close());

  it('in two tabs hears every message in both, once', async () => {
    await listen(house.manager(7), '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    const tabs = [house.client(), house.client({ transport: 'long-polling' })];
    const heard = [];
    for (const tab of tabs) {
      await listen(tab, '/service/v1');
      heard.push(await listen(tab, `/conversations/${number}`));
    }
    for (const content of ['one', 'two']) await house.api(`/chat/conversation/${number}`, { ...manager(7), content });
    for (const tab of heard) {
      expect([(await tab.next()).message?.content, (await tab.next()).message?.content]).to.deep.equal(['one', 'two']);
      expect(tab.unread).to.deep.equal([]);
    }
  });

  it('hears a message once in a tab that was between two polls when another tab came', async () => {
    await listen(house.manager(7), '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    const poll = { channel: '/meta/connect', connectionType: 'long-polling', advice: { timeout: 0 } };
    const openTab = async (): Promise<string> => {
      const clientId = await handshake(house.port);
      const subscription = ['/service/v1', `/conversations/${number}`];
      await post(house.port, [{ channel: '/meta/subscribe', clientId, subscription, id: '2' }]);
      return clientId;
    };
    const heardBy = async (clientId: string, id: string): Promise<number> =>
      (await post(house.port, [{ ...poll, clientId, id }])).filter(({ data }) => data !== undefined).length;
    const tab = await openTab();
    await heardBy(tab, '3');
    await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'once' });
    const other = await openTab();
    await eventually('the new tab is told', async () => (await heardBy(other, '3')) === 1);
    expect([await heardBy(tab, '4'), await heardBy(tab, '5')]).to.deep.equal([1, 0]);
  });

  it('has its chat read again a few times at most, however often it subscribes', async () => {
    const { connect } = house.core;
    let replays = 0;
    house.core.connect = async (...asked) => {
      const session = await connect(...asked);
      const { replay } = session;
      session.replay = (what) => {
        replays += 1;
        return replay(what);
      };
      return session;
    };
    await listen(house.manager(7), '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    const clientId = await handshake(house.port);
    const subscribe = { channel: '/meta/subscribe', clientId };
    await post(house.port, [{ ...subscribe, subscription: '/service/v1', id: '2' }]);
    const often = Array.from({ length: 60 }, (_, n) => ({
      ...subscribe,
      subscription: `/conversations/${number}`,
      id: `s${n}`,
    }));
    const answers = await post(house.port, often);
    expect(answers.filter(({ successful }) => successful === true)).to.have.lengthOf(60);
    expect(replays).to.be.within(1, 10);
  });

  it('goes on by itself after the server was restarted', async () => {
    const duty = await listen(house.manager(7), '/service/*');
    const widget = house.client();
    const service = await listen(widget, '/service/v1');
    const back = witness(house);
    await house.adapter.stop({ reason: 'SHUTDOWN', overMs: 0 });
    await house.adapter.start(house.core);
    const { sees } = await back;
    await sees(isNow('available'));
    await house.api('/chat/service/v1', visitor('v1'));
    expect((await duty.next()).conversation?.manager_id).to.equal(7);
    expect((await service.next()).conversation?.visitor_id).to.equal('v1');
  });

  it('as a manager is on duty until it has had no connection for a while', async () => {
    const { sees } = await witness(house);
    const clientId = await handshake(house.port, { token, sender: { type: 'manager', id: 7 } });
    await post(house.port, [{ channel: '/meta/subscribe', clientId, subscription: '/service/*', id: '2' }]);
    await sees(isNow('available'));
    const socket = await openSocket(house.port);
    socket.send([{ channel: '/meta/connect', clientId, connectionType: 'websocket', id: '3', advice: { timeout: 0 } }]);
    await socket.next();
    expect((await house.api('/chat/service/v1', visitor('v1'))).status).to.equal(201);
    socket.ws.terminate();
    await once(socket.ws, 'close');
    expect((await house.api('/chat/service/v2', visitor('v2'))).status).to.equal(201);
    await sees(isNow('unavailable'));
    expect((await house.api('/chat/service/v3', visitor('v3'))).json.error).to.equal('chat_offline_message');
    const again = await openSocket(house.port);
    again.send([{ channel: '/meta/connect', clientId, connectionType: 'websocket', id: '4' }]);
    await sees(isNow('available'));
    expect((await house.api('/chat/service/v3', visitor('v3'))).status).to.equal(201);
    again.ws.terminate();
  });

  it('as a manager stays on duty though the core had ended him while he was writing', async () => {
    await house.close();
    house = await openHouse({ quietMs: 100 }, { limits: { sessionsPerParticipant: 1 } });
    const { session, sees } = await witness(house);
    await listen(house.manager(7), '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    const { dispatch } = house.core;
    const asked = box<() => void>();
    house.core.dispatch = (by, command) =>
      command.type === 'PostMessage'
        ? new Promise((resolve) => asked.put(() => resolve(dispatch(by, command))))
        : dispatch(by, command);
    const writing = house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'slowly' });
    const goOn = await asked.next();
    const one = { side: 'operator', role: 'operator', space: 'convead', externalId: '7', idType: 'number' } as const;
    await (await stranger(house, one)).end();
    const status = async (id: string): Promise<number> => (await house.api(`/chat/service/${id}`, visitor(id))).status;
    await eventually('his page has come back', async () => (await status('v2')) === 201);
    goOn();
    await writing;
    // Who comes after him is gone after him.
    const last = (await house.api('/chat/service/v3', visitor('v3'))).json.conversation?.id ?? 0;
    const chat = await house.core.find(session, { publicNumber: last });
    await sees(
      ({ event }) => event.type === 'PresenceChanged' && event.participantId === chat?.customerId && !event.isOnline,
    );
    expect(await status('v4')).to.equal(201);
  });

  it('as a manager hears no more of a conversation that was taken from him', async () => {
    const ann = house.manager(7);
    await listen(ann, '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id ?? 0;
    const heard = await listen(ann, `/conversations/${number}`);
    const next = await listen(ann, '/service/v2');
    const { session, sees } = await witness(house);
    const olga = await stranger(house, { side: 'operator', role: 'operator', externalId: 'olga' });
    const chat = await house.core.find(session, { publicNumber: number });
    const to = { chatId: chat?.id ?? '' };
    await house.core.dispatch(olga, { type: 'TransferChat', to, toId: olga.participant.id, strict: true });
    await sees(({ event }) => event.type === 'ChatAssigned' && event.cause === 'take');
    await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'not for Ann' });
    await house.api('/chat/service/v2', visitor('v2'));
    await next.next();
    expect(heard.unread).to.deep.equal([]);
  });

  it('is not taken for present because somebody reads the history', async () => {
    await listen(house.manager(7), '/service/*');
    const number = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id;
    const { sees } = await witness(house);
    const isPresence = ({ event }: Delivery): boolean => event.type === 'PresenceChanged' && event.role === 'customer';
    await sees((delivery) => isPresence(delivery) && 'isOnline' in delivery.event && !delivery.event.isOnline);
    await house.api(`/chat/conversation/${number}/messages`);
    await house.api('/chat/service/v2', visitor('v2'));
    const { event } = await sees(isPresence);
    const chat = await house.core.find((await witness(house)).session, { publicNumber: number ?? 0 });
    expect('participantId' in event && event.participantId).not.to.equal(chat?.customerId);
  });

  it('cannot write into a closed conversation, and opens the next', async () => {
    await listen(house.manager(7), '/service/*');
    const first = (await house.api('/chat/service/v1', visitor('v1'))).json.conversation?.id ?? 0;
    const closer = await stranger(house, { side: 'operator', role: 'operator', externalId: 'olga' });
    const chat = await house.core.find((await witness(house)).session, { publicNumber: first });
    await house.core.dispatch(closer, { type: 'CloseChat', to: { chatId: chat?.id ?? '' }, reason: 'operator' });
    const refused = await house.api(`/chat/conversation/${first}`, { ...visitor('v1'), content: 'x' });
    expect([refused.status, refused.json.error]).to.deep.equal([409, 'conversation_closed']);
    const next = await house.api('/chat/service/v1', visitor('v1'));
    expect(next.status).to.equal(201);
    expect(next.json.conversation?.id).not.to.equal(first);
  });

  describe('with a customer of another protocol', () => {
    it('as a manager is given the chat, hears the customer, answers and reads the history', async () => {
      const ann = house.manager(7);
      const duty = await listen(ann, '/service/*');
      const answers = box<string>();
      const joe = await stranger(house, {}, ({ event }) => {
        if (event.type === 'MessagePosted' && event.message.body.kind === 'text') answers.put(event.message.body.text);
      });
      const say = (text: string) =>
        house.core.dispatch(joe, {
          type: 'PostMessage',
          to: { key: 'joe' },
          body: { kind: 'text', text },
          ifClosed: 'new',
        });
      await say('Hello');
      let told = await duty.next();
      while (told.conversation?.manager_id === null) told = await duty.next();
      expect(told.conversation?.manager_id).to.equal(7);
      const { id, visitor_id: visitorId } = told.conversation ?? { id: 0, visitor_id: '' };
      const heard = await listen(ann, `/conversations/${id}`);
      await say('Anybody?');
      let message = await heard.next();
      while (message.message?.content !== 'Anybody?') message = await heard.next();
      expect(message.message).to.include({ sender_type: 'visitor', sender_id: visitorId });
      await house.api(`/chat/conversation/${id}`, { ...manager(7), content: 'Yes' });
      expect(await answers.next()).to.equal('Yes');
      const history = await house.api(`/chat/conversation/${id}/messages`);
      const list: { content: string }[] = JSON.parse(history.body);
      expect(list.map(({ content }) => content)).to.deep.equal(['Yes', 'Anybody?', 'Hello']);
      expect((await house.api(`/chat/service/${visitorId}`, manager(7))).json.conversation?.id).to.equal(id);
    });

    it('as a manager takes a chat that waits for somebody, on duty or not', async () => {
      const { sees } = await witness(house);
      const joe = await stranger(house, {});
      const body = { kind: 'text', text: 'Hello?' } as const;
      await house.core.dispatch(joe, { type: 'PostMessage', to: { key: 'joe' }, body, ifClosed: 'new' });
      const { event } = await sees(({ event: { type } }) => type === 'ChatQueued');
      const taken = await house.api(`/chat/service/${'chatId' in event ? event.chatId : ''}`, manager(9));
      expect([taken.status, taken.json.conversation?.manager_id]).to.deep.equal([200, 9]);
      const answer = await house.api(`/chat/conversation/${taken.json.conversation?.id}`, {
        ...manager(9),
        content: 'Yes',
      });
      expect(answer.status).to.equal(201);
    });

    it('as a visitor never gets at it, even by the id it is shown under', async () => {
      const duty = await listen(house.manager(7), '/service/*');
      const joe = await stranger(house, {});
      const body = { kind: 'text', text: 'secret' } as const;
      await house.core.dispatch(joe, { type: 'PostMessage', to: { key: 'joe' }, body, ifClosed: 'new' });
      const { conversation } = await duty.next();
      const visitorId = conversation?.visitor_id ?? '';
      const opened = await house.api(`/chat/service/${visitorId}`, visitor(visitorId));
      expect(opened.json.conversation?.id).not.to.equal(conversation?.id);
      const answer = await house.api(`/chat/conversation/${conversation?.id}`, { ...visitor(visitorId), content: 'x' });
      expect(answer.json.error).to.equal('sender_forbidden');
    });
  });
});

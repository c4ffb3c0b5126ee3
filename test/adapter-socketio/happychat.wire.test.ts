import { createCore, type Core } from '@dragoman/core';
import { createFixedClock, type FixedClock } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openService, type Service } from './happychat-service.js';
import { openRaw, type RawClient } from './raw-client.js';

const joe = '"user_id":"joe","id":"joe","username":"joe","name":"Joe","picture":""';
const joeAsUser = '{"id":"joe","name":"Joe","username":"joe","displayName":"Joe","picture":"","avatarURL":""}';
const olgaHerself = '{"id":"olga","username":"olga","displayName":"Olga","picture":""}';
const olgaAsUser = '{"id":"olga","name":"Olga","username":"olga","displayName":"Olga","picture":"","avatarURL":""}';
/** 2026-01-01T00:00:00Z, where the clock stands. */
const time = '"timestamp":1767225600';
const hello = `{"id":"m-1","session_id":"joe","text":"hello",${time},"source":"customer","user":${joeAsUser},"meta":{"k":1}}`;
const olgaAtWork =
  '"id":"olga","username":"olga","displayName":"Olga","picture":"","online":true,"requestingChat":false,"status":"available"';

/** Ids of the core and versions of the state are nobody's to foretell. */
const anything = '"*"';
const uuid = /"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(\.\w+)?"/g;

for (const protocol of [3, 4] as const) {
  describe(`happychat as bytes, Engine.IO ${protocol}`, () => {
    let clock: FixedClock;
    let core: Core & { stop(): Promise<void> };
    let service: Service;
    const clients: RawClient[] = [];

    beforeEach(async () => {
      clock = createFixedClock();
      core = await createCore({ clock, restartGraceMs: 0 });
      service = await openService(core);
    });

    afterEach(async () => {
      for (const client of clients.splice(0)) client.close();
      await service.close();
      await core.stop();
    });

    /** A client that answers `token`, without what it is told first. */
    async function signIn(namespace: string, jwt: string): Promise<RawClient> {
      const client = await openRaw(service.url, namespace, protocol);
      clients.push(client);
      const question = await client.next();
      expect(question).to.match(/^42\/\w+,\d+\["token"\]$/);
      client.say(`43${namespace},${/,(\d+)/.exec(question)?.[1]}[{"jwt":"${jwt}"}]`);
      return client;
    }

    async function told(client: RawClient, ...packets: readonly string[]): Promise<void> {
      for (const packet of packets) expect((await client.next()).replace(uuid, anything)).to.equal(packet);
    }

    async function customer(): Promise<RawClient> {
      const client = await signIn('/customer', 'customer:joe');
      await told(
        client,
        '42/customer,["init",{"id":"joe","username":"joe","displayName":"Joe","picture":"","session_id":"joe"}]',
        '42/customer,["accept",false]',
        '42/customer,["status","new"]',
        '42/customer,["log",[]]',
      );
      return client;
    }

    async function operator(): Promise<RawClient> {
      const client = await signIn('/operator', 'operator:olga');
      await told(client, `42/operator,["init",${olgaHerself}]`);
      expect(await client.next()).to.match(/^42\/operator,\["broadcast\.state","[^"]+",\{"operators":/);
      return client;
    }

    /** A waiting customer and the operator who has just been given his chat. */
    async function conversation(): Promise<{ customer: RawClient; operator: RawClient }> {
      const [desk, guest] = [await operator(), await customer()];
      guest.say('42/customer,["message",{"id":"m-1","text":"hello","meta":{"k":1}}]');
      await told(guest, '42/customer,["status","pending"]', `42/customer,["message",${hello}]`);
      desk.say('42/operator,["status","available"]');
      await told(
        desk,
        `42/operator,["chat.open",{${joe}}]`,
        `42/operator,["log",{"id":"joe"},[${hello}]]`,
        `42/operator,["chat.message",{"id":"joe"},{"type":"event","id":"*",${time},"session_id":"joe","text":"operator assigned","source":"operator","meta":{"event_type":"assigned","operator":${olgaHerself}}}]`,
      );
      await told(guest, '42/customer,["status","assigning"]', '42/customer,["status","assigned"]');
      return { customer: guest, operator: desk };
    }

    it('unauthorized: in every namespace, without arguments', async () => {
      for (const namespace of ['/customer', '/operator', '/agent']) {
        await told(await signIn(namespace, 'nonsense'), `42${namespace},["unauthorized"]`);
      }
    });

    it('broadcast.dispatch before the sign-in: refused at once', async () => {
      const client = await openRaw(service.url, '/operator', protocol);
      clients.push(client);
      await told(client, '42/operator,0["token"]');
      client.say('42/operator,7["broadcast.dispatch",{"type":"SET_OPERATOR_STATUS","status":"available"}]');
      await told(client, '43/operator,7["socket not authorized"]');
    });

    it('/customer: everything that goes in and out', async () => {
      const { customer: guest, operator: desk } = await conversation();
      guest.say(
        '42/customer,["preferences",{"locale":"en-US","groups":[],"skills":{"language":["en-US"],"product":[]}}]',
      );
      guest.say('42/customer,["chat.setFields",{"plan":"gold"}]');
      guest.say('42/customer,["typing","hel"]');
      guest.say('42/customer,["typing",{"message":false}]');
      guest.say('42/customer,3["transcript",null]');
      await told(guest, `43/customer,3[null,{"timestamp":null,"messages":[${hello}]}]`);
      guest.say('42/customer,4["transcript",1000]');
      await told(guest, '43/customer,4[null,{"timestamp":1000,"messages":[]}]');
      desk.say('42/operator,["chat.typing","joe","we"]');
      await told(guest, '42/customer,["typing",true]');
      desk.say('42/operator,["message","joe",{"id":"o-1","text":"good day","type":"dropped"}]');
      await told(
        guest,
        `42/customer,["message",{"id":"o-1","session_id":"joe","text":"good day",${time},"source":"operator","user":${olgaAsUser},"meta":{}}]`,
      );
      desk.say('42/operator,["chat.block","joe"]');
      await told(guest, '42/customer,["accept",false]');
      desk.say('42/operator,["chat.close","joe"]');
      await told(guest, '42/customer,["status","closed"]');
      guest.say('41/customer,');
      const tab = await signIn('/customer', 'customer:joe');
      await tab.next();
      await told(tab, '42/customer,["accept",true]', '42/customer,["status","closed"]');
      expect(await tab.next()).to.match(/^42\/customer,\["log",\[\{"id":"m-1",.*\},\{"id":"o-1",.*\}\]\]$/);
    });

    it('/operator: everything that goes in and out', async () => {
      const { customer: guest, operator: desk } = await conversation();
      guest.say('42/customer,["typing","hel"]');
      await told(
        desk,
        `42/operator,["chat.typing",{"id":"joe"},{"id":"joe","username":"joe","displayName":"Joe","picture":"","session_id":"joe"},"hel"]`,
      );
      desk.say('42/operator,["chat.typing","joe","we"]');
      await told(
        desk,
        '42/operator,["chat.typing",{"id":"joe"},{"id":"olga","displayName":"Olga","avatarURL":""},"we"]',
      );
      desk.say('42/operator,["message","joe",{"id":2,"text":"good day"}]');
      const goodDay = `{"id":2,"session_id":"joe","text":"good day",${time},"source":"operator","user":${olgaAsUser},"meta":{}}`;
      await told(desk, `42/operator,["chat.message",{"id":"joe"},${goodDay}]`);
      desk.say('42/operator,3["chat.transcript","joe",null]');
      await told(desk, `43/operator,3[null,{"timestamp":null,"messages":[${hello},${goodDay}]}]`);
      desk.say('42/operator,4["chat.transcript","ghost",null]');
      await told(desk, '43/operator,4["chat not found",null]');
      const line = (text: string, meta: string): string =>
        `42/operator,["chat.message",{"id":"joe"},{"type":"event","id":"*",${time},"session_id":"joe","text":"${text}","source":"operator","meta":{${meta}}}]`;
      desk.say('42/operator,["chat.block","joe"]');
      const byOlga = `"event_type":"blocked","by":${olgaHerself}`;
      await told(desk, line('customer blocked', byOlga));
      desk.say('42/operator,["chat.leave","joe"]');
      await told(desk, `42/operator,["chat.leave",{${joe}}]`);
      desk.say('42/operator,["chat.join","joe"]');
      await told(desk, `42/operator,["chat.open",{${joe}}]`);
      expect(await desk.next()).to.match(/^42\/operator,\["log",\{"id":"joe"\},\[\{"id":"m-1"/);
      await told(desk, line('operator joined', `"event_type":"join","operator":${olgaHerself}`));
      desk.say('42/operator,["chat.close","joe"]');
      await told(
        desk,
        `42/operator,["chat.close",{${joe}},${olgaHerself}]`,
        line('chat closed', `"event_type":"close","by":${olgaHerself}`),
      );
    });

    it('/operator: acknowledgements and the shared state', async () => {
      const desk = await operator();
      desk.say('42/operator,1["status","available"]');
      await told(desk, '43/operator,1[]');
      desk.say('42/operator,2["capacity",5]');
      await told(desk, '43/operator,2[5]');
      desk.say('42/operator,3["broadcast.dispatch",{"type":"SET_SYSTEM_ACCEPTS_CUSTOMERS","isEnabled":false}]');
      expect(await desk.next()).to.match(/^43\/operator,3\[null,"[^"]+"\]$/);
      desk.say('42/operator,4["broadcast.dispatch",{"type":"REMOVE_CHAT"}]');
      await told(desk, '43/operator,4["Remote dispatch not allowed"]');
      clock.advance(20);
      const update = await desk.next();
      expect(update).to.match(/^42\/operator,\["broadcast\.update","[^"]+","[^"]+",\{"o":"O","v":\{"operators":/);
      expect(update).to.include(`"olga":{"o":"+","v":{${olgaAtWork}}}`);
      expect(update).to.include('"acceptsCustomers":{"o":"r","v":false}');
      const state = `{"operators":{"identities":{"olga":{${olgaAtWork}}},"system":{"acceptsCustomers":false}},"chatlist":{},"groups":{"__default":{"id":"__default","name":"Default","members":{"olga":true}}},"locales":{"memberships":{"en-US":{"olga":{"capacity":5,"load":0,"active":true}}},"defaultLocale":"en-US","supported":["en-US"]}}`;
      const version = /^42\/operator,\["broadcast\.update","[^"]+","([^"]+)"/.exec(update)?.[1] ?? '';
      desk.say('42/operator,5["broadcast.state"]');
      expect(await desk.next()).to.equal(`43/operator,5["${version}",${state}]`);
      desk.say('42/operator,["broadcast.state"]');
      expect(await desk.next()).to.equal(`42/operator,["broadcast.state","${version}",${state}]`);
    });

    it('/agent: everything that goes in and out', async () => {
      const bot = await signIn('/agent', 'bot:echo');
      await told(bot, '42/agent,["init",{"id":"echo","username":"echo","displayName":"Echo","picture":""}]');
      bot.say('42/agent,1["role.add","logger"]');
      await told(bot, '43/agent,1[]');
      bot.say('42/agent,2["system.info"]');
      await told(bot, '43/agent,2[{"operators":[],"chats":[]}]');
      const guest = await customer();
      guest.say('42/customer,["message",{"id":"m-1","text":"hello","meta":{"k":1}}]');
      await told(
        bot,
        `42/agent,["message",{"id":"m-1","session_id":"joe","text":"hello",${time},"source":"customer","meta":{"k":1},"author_id":"joe","author_type":"customer"}]`,
      );
      bot.say('42/agent,["message",{"id":"a-1","session_id":"joe","text":"beep","author_id":"echo"}]');
      await told(
        bot,
        `42/agent,["message",{"author_id":"echo","id":"a-1","session_id":"joe","text":"beep",${time},"source":"agent","author_type":"agent"}]`,
      );
      bot.say('42/agent,["system.info"]');
      await told(bot, `42/agent,["system.info",{"operators":[],"chats":[{${joe}}]}]`);
    });
  });
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openHouse, token, visitor, type Body, type House } from './house.js';

interface Told {
  readonly what: string;
  readonly about?: unknown;
}

/** A manager on CometD, and what he told, by name. */
function openManager(house: House, cometd: string, adapter: string, transport: string) {
  const script = fileURLToPath(new URL('cometd-peer.js', import.meta.url));
  const peer = fork(script, [cometd, adapter, transport, String(house.port), token]);
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  peer.on('message', (message) => {
    told.push(message as Told);
    for (const look of waiting) look();
  });
  return {
    hears: (what: string) =>
      new Promise<unknown>((resolve) => {
        const look = (): void => {
          const at = told.findIndex((one) => one.what === what);
          if (at === -1) return;
          waiting.delete(look);
          resolve(told.splice(at, 1)[0]?.about);
        };
        waiting.add(look);
        look();
      }),
    async leave() {
      const gone = once(peer, 'exit');
      peer.send('leave');
      return gone;
    },
  };
}

for (const [cometd, adapter] of [
  ['cometd-3', 'cometd-nodejs-client-1'],
  ['cometd-4', 'cometd-nodejs-client-1'],
  ['cometd-7', 'cometd-nodejs-client-1'],
  ['cometd', 'cometd-nodejs-client'],
] as const) {
  for (const transport of ['websocket', 'long-polling']) {
    describe(`a real client ${cometd}, which is not Faye, over ${transport}`, () => {
      it('is on duty, hears of a conversation and its messages, and is refused what it may not do', async () => {
        const house = await openHouse();
        const ann = openManager(house, cometd, adapter, transport);
        expect(await ann.hears('subscribed /service/*')).to.equal(true);
        expect(await ann.hears('subscribed /**')).to.equal('403:/**:Forbidden channel');
        expect(await ann.hears('published')).to.equal('403:/conversations/1:Forbidden channel');
        const opened = await house.api('/chat/service/v1', visitor('v1'));
        expect(await ann.hears('service')).to.deep.equal(opened.json);
        const number = opened.json.conversation?.id;
        expect(await ann.hears(`subscribed /conversations/${number}`)).to.equal(true);
        const posted = await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'Hello' });
        expect(((await ann.hears('message')) as Body).message).to.deep.equal(posted.json.message);
        expect(await ann.leave()).to.deep.equal([0, null]);
        await house.close();
      });
    });
  }
}

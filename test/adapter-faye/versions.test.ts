import { expect } from 'chai';
import { box, type FayeClient } from './faye-client.js';
import { manager, openHouse, token, visitor, type Body, type House } from './house.js';

/** Packages and npm aliases of every client version that is kept working. */
const versions = ['faye-0.8', 'faye-1.0', 'faye-1.1', 'faye-1.2', 'faye-1.3', 'faye-1.4.1', 'faye'];

/** What a request of a client came to; clients before 1.0 know no promises. */
type Asked =
  PromiseLike<unknown> | { callback(done: () => void): void; errback(failed: (error: unknown) => void): void };

function settled(asked: Asked): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if ('then' in asked) return void asked.then(resolve, reject);
    asked.callback(() => resolve(undefined));
    asked.errback(reject);
  });
}

async function errorOf(asked: Asked): Promise<unknown> {
  try {
    await settled(asked);
    return undefined;
  } catch (error) {
    return error;
  }
}

for (const name of versions) {
  for (const transport of ['websocket', 'long-polling']) {
    describe(`a real client ${name} over ${transport}`, () => {
      let house: House;

      before(async () => {
        house = await openHouse();
      });

      after(() => house.close());

      const listen = async (client: FayeClient, channel: string) => {
        const heard = box<Body>();
        await settled(client.subscribe(channel, (data) => heard.put(data as Body)));
        return heard;
      };

      it('runs the seven steps and talks both ways', async () => {
        const widget = house.client({ name, transport });
        const ann = house.client({ name, transport, ext: { token, sender: { type: 'manager', id: 7, name: 'Ann' } } });
        const [service, duty] = [await listen(widget, '/service/v1'), await listen(ann, '/service/*')];
        await house.api('/chat/service/v1', visitor('v1'));
        const number = (await service.next()).conversation?.id;
        expect((await duty.next()).conversation).to.include({ id: number, manager_id: 7 });
        const [atVisitor, atManager] = [
          await listen(widget, `/conversations/${number}`),
          await listen(ann, `/conversations/${number}`),
        ];
        await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'Hello' });
        await house.api(`/chat/conversation/${number}`, { ...manager(7), content: 'Hi' });
        for (const heard of [atVisitor, atManager]) {
          expect([(await heard.next()).message?.content, (await heard.next()).message?.content]).to.deep.equal([
            'Hello',
            'Hi',
          ]);
        }
        expect(await errorOf(widget.subscribe('/**', () => undefined))).to.include({ code: 403 });
        expect(await errorOf(widget.publish(`/conversations/${number}`, { forged: true }))).to.include({ code: 403 });
        expect([atVisitor.unread, atManager.unread, service.unread, duty.unread]).to.deep.equal([[], [], [], []]);
      });
    });
  }
}

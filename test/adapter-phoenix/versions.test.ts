import { encodeFrame } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import type { Socket } from 'phoenix';
import { allVersions, answerTo, connect, nextEvent, transports, type ClientOptions } from './clients.js';
import { openTestServer, type TestServer } from './server.js';

for (const version of allVersions) {
  for (const transport of transports) {
    describe(`phoenix ${version} over ${transport}`, () => {
      let house: TestServer;
      let sockets: Socket[];
      const client = (options: ClientOptions = {}): Socket => {
        const socket = connect(house.port, { version, transport, ...options });
        sockets.push(socket);
        return socket;
      };

      beforeEach(async () => {
        house = await openTestServer();
        sockets = [];
      });

      afterEach(async () => {
        for (const socket of sockets) socket.disconnect();
        await house.close();
      });

      it('joins, pushes, hears what others say, and leaves', async () => {
        const channel = client().channel('room:1', { name: 'ada' });
        expect(await answerTo(channel.join())).to.deep.equal(['ok', { welcome: 'room:1' }]);
        expect(house.joins[0]?.params).to.deep.equal({ name: 'ada' });
        expect(await answerTo(channel.push('echo', { n: 1 }))).to.deep.equal(['ok', { said: { n: 1 } }]);
        expect(await answerTo(channel.push('refuse', {}))).to.deep.equal([
          'error',
          { reason: 'invalid body', at: 'text' },
        ]);
        const other = client().channel('room:1', {});
        await answerTo(other.join());
        const heard = [nextEvent(channel, 'said'), nextEvent(other, 'said')];
        expect(await answerTo(other.push('say', { text: 'hi' }))).to.deep.equal(['ok', {}]);
        expect(await Promise.all(heard)).to.deep.equal([{ said: { text: 'hi' } }, { said: { text: 'hi' } }]);
        expect(await answerTo(channel.leave())).to.deep.equal(['ok', {}]);
        await house.waitFor('ended room:1 left');
        expect(house.server.subscribers('room:1').size).to.equal(1);
      });

      it('does not ask again when it is refused for good', async () => {
        const socket = client();
        const channel = socket.channel('room:1', { as: 'nobody' });
        const closed = new Promise<void>((resolve) => void channel.onClose(() => resolve()));
        expect(await answerTo(channel.join())).to.deep.equal(['error', { reason: 'unauthorized' }]);
        await closed;
        expect(channel).to.include({ state: 'closed' });
        const other = socket.channel('room:2', {});
        await answerTo(other.join());
        expect(house.joins.map(({ topic }) => topic)).to.deep.equal(['room:1', 'room:2']);
      });

      it('is told why when there is no such topic', async () => {
        const channel = client().channel('hall:1', {});
        const closed = new Promise<void>((resolve) => void channel.onClose(() => resolve()));
        expect(await answerTo(channel.join())).to.deep.equal(['error', { reason: 'unmatched topic' }]);
        await closed;
      });

      it('finds its channel again after the server was restarted', async () => {
        const channel = client().channel('room:1', { name: 'ada' });
        await answerTo(channel.join());
        await house.close();
        house = await openTestServer({}, house.port);
        await house.waitFor('joined room:1');
        expect(house.joins[0]?.params).to.deep.equal({ name: 'ada' });
        const heard = nextEvent(channel, 'said');
        house.server.broadcast(encodeFrame({ topic: 'room:1', event: 'said', payload: { text: 'back' } }));
        expect(await heard).to.deep.equal({ text: 'back' });
      });

      it('keeps the newer of two channels of one topic', async () => {
        const socket = client();
        const first = socket.channel('room:1', { n: 1 });
        await answerTo(first.join());
        const second = socket.channel('room:1', { n: 2 });
        await answerTo(second.join());
        expect(await answerTo(second.push('echo', { n: 2 }))).to.deep.equal(['ok', { said: { n: 2 } }]);
        expect(house.server.subscribers('room:1').size).to.equal(1);
        expect(second).to.include({ state: 'joined' });
      });

      it('drops a channel that the server has closed', async () => {
        const channel = client().channel('room:1', {});
        await answerTo(channel.join());
        const closed = new Promise<void>((resolve) => void channel.onClose(() => resolve()));
        expect(await answerTo(channel.push('close', {}))).to.deep.equal(['ok', {}]);
        await closed;
        await house.waitFor('ended room:1 closed');
        expect(channel).to.include({ state: 'closed' });
      });

      it('joins again by itself when its channel has failed', async () => {
        const channel = client().channel('room:1', {});
        await answerTo(channel.join());
        expect(await answerTo(channel.push('crash', {}))).to.deep.equal(['ok', {}]);
        await house.waitFor('joined room:1', 2);
        expect(await answerTo(channel.push('echo', {}))).to.deep.equal(['ok', { said: {} }]);
      });
    });
  }
}

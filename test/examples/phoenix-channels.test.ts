import { expect } from 'chai';
import { openRooms } from '../../examples/phoenix-channels/rooms.js';
import { answerTo, connect, nextEvent } from '../adapter-phoenix/clients.js';

describe('the example of Phoenix channels', () => {
  it('lets two clients of different versions talk in a room, one of them polling', async () => {
    const rooms = await openRooms(0);
    const ada = connect(rooms.port, { authToken: 'secret-of-ada' });
    const max = connect(rooms.port, { version: '1.5.9', transport: 'longpoll', params: { token: 'secret-of-max' } });
    const [hers, his] = [ada.channel('room:1', {}), max.channel('room:1', {})];
    expect(await answerTo(hers.join())).to.deep.equal(['ok', { you: 'ada' }]);
    const came = nextEvent(hers, 'presence_diff');
    expect(await answerTo(his.join())).to.deep.equal(['ok', { you: 'max' }]);
    expect(await came).to.have.nested.property('joins.visitor:max');
    const heard = nextEvent(hers, 'say');
    expect(await answerTo(his.push('say', { text: 'hello' }))).to.deep.equal(['ok', {}]);
    expect(await heard).to.deep.equal({ name: 'max', payload: { text: 'hello' } });
    for (const socket of [ada, max]) socket.disconnect();
    await rooms.close();
  });
});

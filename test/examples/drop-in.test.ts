import { expect } from 'chai';
import { generations, listenTo, type Ear } from '../adapter-socketio/clients.js';
import { startDropIn } from '../../examples/happychat-service-drop-in/drop-in.js';

const operators = new Map([['olgas', { id: 'olga', username: 'olga', displayName: 'Olga', picture: '' }]]);
const customers = new Map([['joes', { id: 7, username: 'joe', displayName: 'Joe', picture: '', session_id: 's-7' }]]);

const heard = ['init', 'unauthorized', 'log', 'message', 'broadcast.state', 'chat.open', 'chat.message'];

describe('the server of a team that moved from happychat-service', () => {
  for (const version of ['1.7.4', '4.8.4']) {
    it(`serves its customers and operators with socket.io-client ${version}, its own events and its own filter`, async () => {
      const missed: unknown[] = [];
      const { url, close } = await startDropIn(0, { operators, customers }, (chatId) => missed.push(chatId));
      const join = (namespace: string, token: string): Ear => {
        const socket = generations[version]?.(`${url}${namespace}`, { forceNew: true, transports: ['websocket'] });
        if (socket === undefined) throw new Error(`no client ${version}`);
        socket.on('token', (reply: (token: string) => void) => reply(token));
        return listenTo(socket, heard);
      };
      const thief = join('/customer', 'olgas');
      const joe = join('/customer', 'joes');
      const olga = join('/operator', 'olgas');
      await thief.next('unauthorized');
      expect(await joe.next('init')).to.have.nested.property('[0].session_id', 's-7');
      expect(await joe.ask('rate', 5)).to.deep.equal(['5 of 5, thank you']);
      const [, state] = await olga.next('broadcast.state');
      expect(state).to.have.nested.property('groups.billing.name', 'Billing');
      await olga.ask('status', 'available');
      joe.say('message', { id: 1, text: 'my card is 4111111111111111' });
      expect(await olga.next('chat.open')).to.have.nested.property('[0].id', 's-7');
      expect(await joe.next('message')).to.have.nested.property('[0].text', 'my card is [card]');
      olga.say('chat.transfer', 's-7', 'nobody');
      await olga.until((frames) => frames.filter(({ name }) => name === 'chat.open').length === 2);
      expect(missed).to.deep.equal(['s-7']);
      for (const ear of [thief, joe, olga]) ear.close();
      await close();
    });
  }
});

import { expect } from 'chai';
import { oneTicket } from '../../examples/tickets/tickets.js';

describe('the example of tickets', () => {
  it('has a ticket answered and closed at a Happychat desk', async () => {
    const lines: string[] = [];
    await oneTicket((line) => lines.push(line));
    expect(lines).to.have.members([
      'desk: a chat with Ada',
      'page: Olga has accepted',
      'page: the message is stored',
      'desk: the customer says I do not understand my invoice',
      'page: Olga says Let us look at it together',
      'page: the ticket is closed',
    ]);
    expect(lines.at(-1)).to.equal('page: the ticket is closed');
  });
});

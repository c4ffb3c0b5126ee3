import { expect } from 'chai';
import { typed } from './typed.js';

describe('dragoman plan', () => {
  it('tells what crosses between two dialects, and what stands for the rest', async () => {
    const { code, out } = await typed(['plan', 'sermo', 'tickets']);
    expect(code).to.equal(0);
    expect(out).to.match(/^A Sermo customer and a Tickets operator\n/);
    expect(out).to.match(/degrades +what is being typed: as the sign that somebody types/);
  });

  it('tells it to programs, too', async () => {
    const { out } = await typed(['plan', 'sermo', 'tickets', '--json']);
    expect(JSON.parse(out)).to.have.nested.property('passages[0].fate', 'degrades');
  });

  it('names the dialects there are to who asks for another', async () => {
    const { code, err } = await typed(['plan', 'sermo', 'telepathy']);
    expect([code, err.includes('happychat, tickets, convead')]).to.deep.equal([2, true]);
  });
});

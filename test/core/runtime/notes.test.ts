import { expect } from 'chai';
import { workbench } from './workbench.js';

describe('notes of an adapter', () => {
  it('are found again after a restart, by whatever session of the same space, until they are forgotten', async () => {
    const first = await workbench();
    const { session } = await first.operator('relay', {}, { space: 'hooks' });
    await session.note('paused', { since: 7 });
    await session.note('gone', 1);
    await session.note('gone', null);
    const again = await first.restarted();
    const other = await again.operator('other', {}, { space: 'hooks' });
    expect([...(await other.session.notes())]).to.deep.equal([['paused', { since: 7 }]]);
  });

  it('of one space are not found in another', async () => {
    const bench = await workbench();
    const { session } = await bench.operator('relay', {}, { space: 'hooks' });
    await session.note('paused', true);
    const elsewhere = await bench.operator('relay', {}, { space: 'phone' });
    expect((await elsewhere.session.notes()).size).to.equal(0);
  });
});

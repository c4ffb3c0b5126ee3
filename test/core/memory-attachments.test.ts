import { expect } from 'chai';
import { memoryAttachments } from '@dragoman/core';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('attachments in memory', () => {
  it('are named by what is in them and kept apart by workspace', async () => {
    const attachments = memoryAttachments();
    const id = await attachments.put('one', bytes(1, 2), 'image/png');
    expect(id).to.equal('a12871fee210fb8619291eaea194581cbd2531e4b23759d225f6806923f63222');
    expect(await attachments.put('one', bytes(1, 2), 'image/png')).to.equal(id);
    expect(await attachments.get('one', id)).to.deep.equal({ bytes: bytes(1, 2), mime: 'image/png' });
    expect(await attachments.get('two', id)).to.equal(undefined);
  });

  it('forget the oldest when they are more than they may be', async () => {
    const attachments = memoryAttachments(3);
    const first = await attachments.put('one', bytes(1, 2), 'image/png');
    const second = await attachments.put('one', bytes(3, 4), 'image/png');
    expect([await attachments.get('one', first), (await attachments.get('one', second))?.bytes]).to.deep.equal([
      undefined,
      bytes(3, 4),
    ]);
  });
});

import { draftText, inParts, pictureNote, pictureText } from '@dragoman/core';
import { expect } from 'chai';

describe('a text in parts', () => {
  it('is cut at the limit, never inside a character, and is whole again when joined', () => {
    expect(inParts('abcdef', 6)).to.deep.equal(['abcdef']);
    expect(inParts('abcdefg', 3)).to.deep.equal(['abc', 'def', 'g']);
    expect(inParts('ab🙂cd', 3)).to.deep.equal(['ab', '🙂c', 'd']);
    expect(inParts('', 3)).to.deep.equal(['']);
  });
});

describe('a picture for who cannot be shown it', () => {
  const size = { bytes: 2_049, width: 10, height: 10 };
  const picture = { kind: 'image', attachmentId: 'a1', mime: 'image/png', caption: '', ...size } as const;

  it('is its address, below the words that came with it', () => {
    expect(pictureText(picture, 'https://files.example/a1')).to.equal('https://files.example/a1');
    const withWords = pictureText({ ...picture, caption: 'the bill' }, 'https://files.example/a1');
    expect(withWords).to.equal('the bill\nhttps://files.example/a1');
  });

  it('is its kind and size where it has no address', () => {
    expect(pictureNote(picture)).to.equal('[picture, png, 3 kB, not shown here]');
    expect(pictureText({ ...picture, caption: 'the bill' }, null)).to.equal(
      'the bill\n[picture, png, 3 kB, not shown here]',
    );
  });
});

describe('what somebody is writing, for who is shown drafts', () => {
  it('is the draft, dots where only the sign is known, and nothing once he has stopped', () => {
    expect(draftText({ isOn: true, preview: 'hel' })).to.equal('hel');
    expect(draftText({ isOn: true })).to.equal('…');
    expect(draftText({ isOn: false, preview: 'hel' })).to.equal('');
  });
});

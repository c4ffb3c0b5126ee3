import { imageLimits, readImage } from '@dragoman/adapter-socketio/tickets';
import { expect } from 'chai';
import fc from 'fast-check';

const base64 = (...parts: readonly (string | readonly number[])[]): string =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  ).toString('base64');
const zeros = (count: number): readonly number[] => Array.from({ length: count }, () => 0);

/** 300 by 200 pixels, in each format as far as its header goes. */
const pictures: readonly (readonly [mime: string, content: string])[] = [
  ['image/png', base64('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 1, 44], [0, 0, 0, 200])],
  ['image/gif', base64('GIF87a', [44, 1], [200, 0])],
  ['image/gif', base64('GIF89a', [44, 1], [200, 0])],
  // A segment of an application first, then fill bytes, then the frame.
  ['image/jpeg', base64([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0, 200, 1, 44, 3, 1, 1])],
  // Its tables of Huffman codes look like a frame and are none.
  [
    'image/jpeg',
    base64([0xff, 0xd8, 0xff, 0xc4, 0, 9, 0, 9, 9, 9, 9, 9, 9, 0xff, 0xc0, 0, 17, 8, 0, 200, 1, 44, 3, 1]),
  ],
  ['image/webp', base64('RIFF', zeros(4), 'WEBPVP8X', zeros(8), [43, 1, 0], [199, 0, 0])],
  ['image/webp', base64('RIFF', zeros(4), 'WEBPVP8L', zeros(4), [0x2f], [43, 193, 49, 0], zeros(8))],
  ['image/webp', base64('RIFF', zeros(4), 'WEBPVP8 ', zeros(4), zeros(6), [44, 1], [200, 0])],
];

describe('a picture of the ticket protocol', () => {
  for (const [mime, content] of pictures) {
    it(`is measured by its header: ${mime}, ${content.slice(0, 12)}`, () => {
      expect(readImage(content)).to.deep.include({ mime, width: 300, height: 200 });
    });
  }

  it('is read with a prefix, line ends and without padding, and its name does not count', () => {
    const [, content = ''] = pictures[1] ?? [];
    const spelled = `data:text/html;charset=utf-8;base64,${content.slice(0, 4)}\r\n ${content.slice(4)}`.replace(
      /=+$/,
      '',
    );
    expect(readImage(spelled)).to.deep.include({ mime: 'image/gif' });
  });

  it('is refused by name', () => {
    const gif = (width: readonly number[], height: readonly number[]): string => base64('GIF89a', width, height);
    expect(readImage('')).to.equal('invalid_image');
    expect(readImage('A')).to.equal('invalid_image');
    expect(readImage('QQ-_')).to.equal('invalid_image');
    expect(readImage(base64('MZ'))).to.equal('unsupported_image');
    expect(readImage(base64('RIFF', zeros(4), 'WAVE'))).to.equal('unsupported_image');
    expect(readImage(gif([0, 0], [1, 0]))).to.equal('invalid_image');
    expect(readImage(gif([0x11, 0x27], [1, 0]))).to.equal('image_too_large');
    expect(readImage(gif([0x10, 0x27], [0xa1, 0x0f]))).to.equal('image_too_large');
    expect(readImage(gif([0x10, 0x27], [0xa0, 0x0f]))).to.deep.include({ width: 10_000, height: 4000 });
    expect(readImage(Buffer.alloc(imageLimits.bytes + 1).toString('base64'))).to.equal('image_too_large');
  });

  it('never stumbles over what only begins like one', () => {
    const heads = pictures.map(([, content]) => Buffer.from(content, 'base64'));
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.nat(40), fc.uint8Array({ maxLength: 60 }), (head, length, rest) => {
        readImage(Buffer.concat([head.subarray(0, length), rest]).toString('base64'));
      }),
      { numRuns: 3000 },
    );
  });
});

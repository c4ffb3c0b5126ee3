import { dataUri, pictureIn, pictureLimits } from '@dragoman/adapter-amqp/sermo';
import { expect } from 'chai';

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 20, 0, 10, 1, 1, 17]);
const gif = Buffer.from('GIF89a\x0a\x00\x14\x00', 'latin1');
const webp = Buffer.concat([
  Buffer.from('RIFF\0\0\0\0WEBPVP8X', 'latin1'),
  Buffer.from([10, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 19, 0, 0]),
]);

function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(24);
  head.write('\x89PNG\r\n\x1a\n', 'latin1');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

const uri = (bytes: Buffer, type = 'image/png'): string => `data:${type};base64,${bytes.toString('base64')}`;
/** What becomes of it: its kind and size, or the problem. */
function found(text: string): string {
  const picture = pictureIn(text);
  return 'problem' in picture ? picture.problem : `${picture.mime} ${picture.width}x${picture.height}`;
}

describe('a picture of Sermo', () => {
  const good: readonly (readonly [what: string, text: string, becomes: string])[] = [
    ['PNG', uri(png(10, 20)), 'image/png 10x20'],
    ['JPEG', uri(jpeg, 'image/jpeg'), 'image/jpeg 10x20'],
    ['GIF', uri(gif, 'image/gif'), 'image/gif 10x20'],
    ['WebP', uri(webp, 'image/webp'), 'image/webp 10x20'],
    ['another kind than it says', uri(jpeg, 'image/gif'), 'image/jpeg 10x20'],
    ['a type in capitals', uri(gif, 'IMAGE/GIF'), 'image/gif 10x20'],
    [
      'white space in it',
      uri(jpeg)
        .replace(/(.{9})/g, '$1\r\n ')
        .replace(/^data:.*?,/s, 'data:image/png;base64,'),
      'image/jpeg 10x20',
    ],
    ['no padding', uri(jpeg).replace(/=+$/, ''), 'image/jpeg 10x20'],
    ['too much padding', `${uri(jpeg)}==`, 'image/jpeg 10x20'],
    ['no header with a size', uri(jpeg.subarray(0, 4)), 'image/jpeg nullxnull'],
    ['as many pixels as may be', uri(png(10_000, 4_000)), 'image/png 10000x4000'],
  ];
  for (const [what, text, becomes] of good) {
    it(`with ${what} is taken`, () => expect(found(text)).to.equal(becomes));
  }

  const bad: readonly (readonly [what: string, text: string, problem: string])[] = [
    ['an address', 'https://example.com/cat.png', 'invalid_image'],
    ['SVG', uri(Buffer.from('<svg/>'), 'image/svg+xml'), 'unsupported_image'],
    ['bytes of no kind we know', uri(Buffer.from('what is this?')), 'unsupported_image'],
    ['a parameter of its type', uri(gif, 'image/gif;charset=utf-8'), 'unsupported_image'],
    ['nothing', 'data:image/png;base64,', 'invalid_image'],
    ['a character too much', `${uri(Buffer.from('GIF89a'))}A`, 'invalid_image'],
    ['a character that does not belong', uri(jpeg).replace('base64,/', 'base64,/!'), 'invalid_image'],
    ['one in place of another', uri(jpeg).replace('base64,/', 'base64,!'), 'invalid_image'],
    ['the alphabet of addresses', uri(jpeg).replace('base64,/', 'base64,_'), 'invalid_image'],
    ['padding in the middle', uri(jpeg).replace(/.{8}$/, '=$&'), 'invalid_image'],
    ['a byte too many', uri(Buffer.concat([jpeg], pictureLimits.bytes + 1)), 'image_too_large'],
    ['a side too long', uri(png(10_001, 1)), 'image_too_large'],
    ['too many pixels', uri(png(10_000, 4_001)), 'image_too_large'],
  ];
  for (const [what, text, problem] of bad) {
    it(`with ${what} is refused: ${problem}`, () => expect(found(text)).to.equal(problem));
  }

  it('may be as large as the limit, and is written as it was', () => {
    const bytes = Buffer.concat([jpeg], pictureLimits.bytes);
    const picture = pictureIn(uri(bytes));
    if ('problem' in picture) throw new Error(picture.problem);
    expect(bytes.equals(picture.bytes)).to.equal(true);
    expect(dataUri(picture.bytes, picture.mime) === uri(bytes, 'image/jpeg')).to.equal(true);
  });
});

/** Pictures as they travel inside events: data URIs. Pure. */

export interface Picture {
  readonly bytes: Uint8Array;
  /** By magic bytes, whatever was declared. */
  readonly mime: string;
  /** Pixels; null where no header tells: a shortened picture passes. [SERMO inbound/text (med bild)] */
  readonly width: number | null;
  readonly height: number | null;
}

export type PictureProblem = 'invalid_image' | 'unsupported_image' | 'image_too_large';

/** [SERMOD images] */
export const pictureLimits = { bytes: 5 * 1024 * 1024, side: 10_000, pixels: 40_000_000 } as const;

const head = /^data:image\/(?:jpe?g|png|gif|webp);base64,/i;
const signatures: readonly (readonly [mime: string, starts: RegExp])[] = [
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/png', /^\x89PNG\r\n/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
];

/** Reads a data URI. White space, missing and surplus padding are tolerated. [SERMOD images] */
export function pictureIn(uri: string): Picture | { readonly problem: PictureProblem } {
  const start = head.exec(uri)?.[0];
  if (start === undefined) return { problem: uri.startsWith('data:') ? 'unsupported_image' : 'invalid_image' };
  const packed = withoutPadding(uri.slice(start.length));
  const bytes = decoded(packed) ?? decoded(withoutPadding(packed.replace(/\s+/g, '')));
  if (bytes === undefined) return { problem: 'invalid_image' };
  if (bytes.length > pictureLimits.bytes) return { problem: 'image_too_large' };
  const first = bytes.toString('latin1', 0, 12);
  const mime = signatures.find(([, starts]) => starts.test(first))?.[0];
  if (mime === undefined) return { problem: 'unsupported_image' };
  const { width, height } = sizeOf(bytes, mime) ?? { width: null, height: null };
  if (width !== null && (Math.max(width, height) > pictureLimits.side || width * height > pictureLimits.pixels)) {
    return { problem: 'image_too_large' };
  }
  return { bytes, mime, width, height };
}

function withoutPadding(packed: string): string {
  let end = packed.length;
  while (packed[end - 1] === '=') end -= 1;
  return packed.slice(0, end);
}

/**
 * Undefined where a character does not belong: the decoder leaves it out, so less comes out than went in. To look at each
 * of the millions of characters of a picture would hold up everybody else.
 */
function decoded(packed: string): Buffer | undefined {
  const bytes = Buffer.from(packed, 'base64');
  const isWhole = packed !== '' && packed.length % 4 !== 1 && bytes.length === Math.floor((packed.length * 3) / 4);
  // The decoder takes these two as well; they are of another alphabet.
  return isWhole && !packed.includes('-') && !packed.includes('_') ? bytes : undefined;
}

/** The canonical form: no white space, padding as it must be. */
export function dataUri(bytes: Uint8Array, mime: string): string {
  return `data:${mime};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf(bytes: Buffer, mime: string): Size | null {
  if (mime === 'image/png') return bytes.length < 24 ? null : size(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
  if (mime === 'image/gif') return bytes.length < 10 ? null : size(bytes.readUInt16LE(6), bytes.readUInt16LE(8));
  return mime === 'image/jpeg' ? sizeOfJpeg(bytes) : sizeOfWebp(bytes);
}

function size(width: number, height: number): Size | null {
  return width > 0 && height > 0 ? { width, height } : null;
}

/** Walks over the segments to the one that starts the frame. */
function sizeOfJpeg(bytes: Buffer): Size | null {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return size(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function sizeOfWebp(bytes: Buffer): Size | null {
  if (bytes.length < 30) return null;
  const kind = bytes.toString('latin1', 12, 16);
  if (kind === 'VP8X') return size(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1);
  if (kind === 'VP8 ') return size(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
  if (kind !== 'VP8L') return null;
  const packed = bytes.readUInt32LE(21);
  return size((packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1);
}

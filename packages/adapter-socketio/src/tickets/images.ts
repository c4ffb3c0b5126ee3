import type { TicketsCode } from './answers.js';

/** Bounds of a picture [TKD images]. */
export const imageLimits: { readonly bytes: number; readonly side: number; readonly pixels: number } = {
  /** Decoded: 5 MiB. */
  bytes: 5_242_880,
  /** Pixels of each side. */
  side: 10_000,
  pixels: 40_000_000,
};

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}

/** Reads an image as this wire sends it: base64, maybe with the prefix of a data address [TK message object]. */
export function readImage(content: string): Picture | TicketsCode {
  const base64 = content.replace(/^data:[^,]{0,100};base64,/, '').replace(/[\r\n ]/g, '');
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return 'invalid_image';
  const unpadded = base64.replace(/=+$/, '').length;
  if (unpadded % 4 === 1) return 'invalid_image';
  if (Math.floor((unpadded * 3) / 4) > imageLimits.bytes) return 'image_too_large';
  const bytes = Buffer.from(base64, 'base64');
  const format = formats.find(({ isOne }) => isOne(bytes));
  if (format === undefined) return 'unsupported_image';
  const size = format.sizeOf(bytes);
  if (size === undefined || size.width === 0 || size.height === 0) return 'invalid_image';
  const isTooLarge =
    Math.max(size.width, size.height) > imageLimits.side || size.width * size.height > imageLimits.pixels;
  return isTooLarge ? 'image_too_large' : { bytes, mime: format.mime, ...size };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Format {
  readonly mime: string;
  /** By its first bytes: what the client says it is does not count. */
  isOne(bytes: Buffer): boolean;
  /** From its header; undefined: not readable. */
  sizeOf(bytes: Buffer): Size | undefined;
}

const formats: readonly Format[] = [
  {
    mime: 'image/png',
    isOne: (bytes) => begins(bytes, '89504e470d0a1a0a'),
    sizeOf: (bytes) =>
      bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR'
        ? undefined
        : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) },
  },
  {
    mime: 'image/jpeg',
    isOne: (bytes) => begins(bytes, 'ffd8ff'),
    sizeOf: jpegSize,
  },
  {
    mime: 'image/gif',
    isOne: (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)),
    sizeOf: (bytes) =>
      bytes.length < 10 ? undefined : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) },
  },
  {
    mime: 'image/webp',
    isOne: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    sizeOf: webpSize,
  },
];

function begins(bytes: Buffer, hex: string): boolean {
  return bytes.subarray(0, hex.length / 2).toString('hex') === hex;
}

/** Walks from segment to segment until the one that starts the frame. */
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    // Fill bytes stand alone; of the markers C0 to CF three are tables.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function webpSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 30) return undefined;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
    case 'VP8L': {
      const packed = bytes.readUInt32LE(21);
      return { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
    }
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    default:
      return undefined;
  }
}

import { messageLimits } from '@dragoman/core';
import { imageSize } from 'image-size';

/** What a picture says of itself. */
export interface Picture {
  readonly mime: string;
  readonly bytes: number;
  /** Pixels; null where the head does not tell. */
  readonly width: number | null;
  readonly height: number | null;
}

const mimes = new Map([
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

/**
 * So much of a picture is looked at: where a size is missing the library looks for it byte by byte, and everybody else waits
 * meanwhile.
 */
const headBytes = 131_072;

/** Reads the head of a picture; undefined for everything that is not one of the four kinds, or is too large. */
export function pictureIn(bytes: Uint8Array): Picture | undefined {
  if (bytes.byteLength > messageLimits.imageBytes) return undefined;
  const found = sizeIn(bytes.subarray(0, headBytes));
  if (found !== undefined) return { ...found, bytes: bytes.byteLength };
  // The size of a photograph may stand behind all that its camera has to tell.
  const isLongJpeg = bytes.byteLength > headBytes && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  return isLongJpeg ? { mime: 'image/jpeg', bytes: bytes.byteLength, width: null, height: null } : undefined;
}

function sizeIn(head: Uint8Array): Omit<Picture, 'bytes'> | undefined {
  try {
    const { type = '', width, height } = imageSize(head);
    const mime = mimes.get(type);
    return mime === undefined ? undefined : { mime, width, height };
  } catch {
    return undefined;
  }
}

import { messageLimits } from '@dragoman/core';
import { imageSize } from 'image-size';

/** What a picture says of itself. */
export interface Picture {
  readonly mime: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
}

const mimes = new Map([
  ['jpg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

/** Reads the head of a picture; undefined for everything that is not one of the four kinds, or is too large. */
export function pictureIn(bytes: Uint8Array): Picture | undefined {
  if (bytes.byteLength > messageLimits.imageBytes) return undefined;
  try {
    const { type = '', width, height } = imageSize(bytes);
    const mime = mimes.get(type);
    return mime === undefined ? undefined : { mime, bytes: bytes.byteLength, width, height };
  } catch {
    return undefined;
  }
}

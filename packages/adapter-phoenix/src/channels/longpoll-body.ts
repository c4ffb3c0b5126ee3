import { Buffer } from 'node:buffer';

/** What a POST holds, in order; a frame is text or the bytes of a binary one. */
export type PostedFrames = readonly (string | Uint8Array)[];

/** Lines of text or base64, or one frame of text, by the media type alone; undefined: too many, or one too large. [PHX longpoll post] */
export function readFrames(
  contentType: string | undefined,
  body: string,
  limits: { readonly postFrames: number; readonly frameBytes: number },
): PostedFrames | undefined {
  const mediaType = (contentType ?? '').split(';', 1).join('').trim().toLowerCase();
  const lines = mediaType === 'application/x-ndjson' ? body.split(/\r?\n/).filter((line) => line !== '') : [body];
  if (lines.length > limits.postFrames) return undefined;
  const frames = lines.map((line) => (mediaType === 'application/x-ndjson' ? readLine(line) : line));
  return frames.every((frame) => Buffer.byteLength(frame) <= limits.frameBytes) ? frames : undefined;
}

/** What is neither text nor base64 stays text, which is no frame. */
function readLine(line: string): string | Uint8Array {
  const isBase64 = line.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(line);
  return isBase64 ? Buffer.from(line, 'base64') : line;
}

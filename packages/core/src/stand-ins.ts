import type { CapabilityLimits } from './capabilities.js';
import { messageLimits, type ImageBody } from './message.js';

/** The words of `plan` made true: what is said in place of what a hearer cannot be shown, the same in every dialect. */

/** A text in the fewest pieces of at most `maxUnits`, never cut inside a character; one piece when it fits. */
export function inParts(text: string, maxUnits: number): readonly string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length || start === 0;) {
    let end = Math.min(start + maxUnits, text.length);
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    found.push(text.slice(start, end));
    start = Math.max(end, 1);
  }
  return found;
}

/**
 * The messages that a text becomes for who hears texts within these limits, in order: it itself where it fits. Nothing but
 * line breaks, and lines without a word, is left out.
 */
export function textsFor(text: string, limits: CapabilityLimits = {}): readonly string[] {
  const lines = limits.isOneLine === true ? text.split(/\r\n|[\r\n]/).filter((line) => line.trim() !== '') : [text];
  return lines.flatMap((line) => inParts(line, limits.maxUnits ?? messageLimits.textUnits));
}

/** A picture's kind and size, for where neither it nor its address can be shown. */
export function pictureNote({ mime, bytes }: Pick<ImageBody, 'mime' | 'bytes'>): string {
  return `[picture, ${mime.replace('image/', '')}, ${Math.ceil(bytes / 1024)} kB, not shown here]`;
}

/** A picture as text: the words below it, then its address; its kind and size where it has none (`link` null). */
export function pictureText(picture: ImageBody, link: string | null): string {
  const shown = link ?? pictureNote(picture);
  return picture.caption === '' ? shown : `${picture.caption}\n${shown}`;
}

/** What somebody is writing, for who is shown drafts: `…` of a sign without one, empty once he has stopped. */
export function draftText({
  isOn,
  preview,
}: {
  readonly isOn: boolean;
  readonly preview?: string | undefined;
}): string {
  return isOn ? (preview ?? '…') : '';
}

import type { WireChat } from '@dragoman/adapter-http';
import type { WireEntry } from './wire.js';

const hidden = (text: string): string => (text === '' ? '' : `[${text.length} characters]`);

/** A chat without what names or quotes anybody. */
export function chatWithoutTexts({ subject, displayName, ...chat }: WireChat): WireChat {
  return { ...chat, subject: hidden(subject), displayName: hidden(displayName), fields: {}, addresses: {} };
}

/** What was said, in one line; with its words only where they are asked for. */
export function lineOf({ message: { body } }: WireEntry, wantsTexts: boolean): string {
  switch (body.kind) {
    case 'text':
      return wantsTexts ? body.text : hidden(body.text);
    case 'image':
      return `[picture]${body.caption === '' ? '' : ` ${wantsTexts ? body.caption : hidden(body.caption)}`}`;
    case 'notice':
    case 'custom':
      return `[${body.kind}${wantsTexts ? `: ${JSON.stringify(body)}` : ''}]`;
  }
}

/** A message without its words and without who said it by name. */
export function entryWithoutTexts(entry: WireEntry): object {
  const { body, authorName: _, ...message } = entry.message;
  return { ...entry, message: { ...message, body: { kind: body.kind, shown: lineOf(entry, false) } } };
}

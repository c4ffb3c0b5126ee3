import { Encoder, type Packet } from 'socket.io-parser';

const beyondAscii = /[\u0080-\uffff]/g;
const someBeyondAscii = /[\u0080-\uffff]/;
const beyondLatin1 = /[\u0100-\uffff]/;

/** The same text in ASCII, for JSON: everything above U+007F as `\uXXXX`. */
export function toAscii(json: string): string {
  if (!someBeyondAscii.test(json)) return json;
  return json.replace(beyondAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Writes packets whose JSON is ASCII alone. Clients of Socket.IO 1.x corrupt or lose other characters over polling, and
 * the connection with them [SIO5 compatibility]; JSON itself makes no difference between the two spellings.
 */
export class AsciiEncoder extends Encoder {
  override encode(packet: Packet): (string | Uint8Array)[] {
    return super.encode(packet).map((part: string | Uint8Array) => (typeof part === 'string' ? toAscii(part) : part));
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Undoes one UTF-8 encoding too many, as clients of Socket.IO 1.x apply it over polling [SIO5 compatibility]. Text that
 * is not UTF-8 spelled in Latin-1 comes back as it is. The price: a text that only looks so is changed as well.
 */
export function undoDoubleUtf8(text: string): string {
  if (!someBeyondAscii.test(text) || beyondLatin1.test(text)) return text;
  try {
    return strictUtf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

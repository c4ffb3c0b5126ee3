import { Buffer } from 'node:buffer';

const text = 1;
const binary = 2;
const last = 0x80;

/** A whole text message as a server sends it: one buffer, so that one write takes it. [RFC 6455 5.2] */
export function textFrame(message: string): Buffer {
  const frame = openFrame(text, Buffer.byteLength(message));
  frame.buffer.write(message, frame.at, 'utf8');
  return frame.buffer;
}

export function binaryFrame(message: Uint8Array): Buffer {
  const frame = openFrame(binary, message.length);
  frame.buffer.set(message, frame.at);
  return frame.buffer;
}

/** Room for a message, behind the head that says what it is and how long. */
function openFrame(kind: number, length: number): { readonly buffer: Buffer; readonly at: number } {
  const at = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const buffer = Buffer.allocUnsafe(at + length);
  buffer[0] = last | kind;
  if (at === 2) {
    buffer[1] = length;
  } else if (at === 4) {
    buffer[1] = 126;
    buffer.writeUInt16BE(length, 2);
  } else {
    buffer[1] = 127;
    buffer.writeUIntBE(0, 2, 2);
    buffer.writeUIntBE(length, 4, 6);
  }
  return { buffer, at };
}

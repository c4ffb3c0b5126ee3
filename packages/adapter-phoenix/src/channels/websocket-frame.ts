import { Buffer } from 'node:buffer';

const text = 1;
const binary = 2;
const ping = 9;
const last = 0x80;

/** A whole text message as a server sends it: one buffer, so that one write takes it. [RFC 6455 5.2] */
export function textFrame(message: string): Buffer {
  const length = Buffer.byteLength(message);
  const frame = openFrame(text, length);
  frame.write(message, frame.length - length, 'utf8');
  return frame;
}

export function binaryFrame(message: Uint8Array): Buffer {
  const frame = openFrame(binary, message.length);
  frame.set(message, frame.length - message.length);
  return frame;
}

/** The payload comes back in the peer's pong. [RFC 6455 5.5.2] */
export function pingFrame(payload: Uint8Array): Buffer {
  const frame = openFrame(ping, payload.length);
  frame.set(payload, frame.length - payload.length);
  return frame;
}

/** Room for a message, behind the head that says what it is and how long. */
function openFrame(kind: number, length: number): Buffer {
  const at = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(at + length);
  frame[0] = last | kind;
  if (at === 2) {
    frame[1] = length;
  } else if (at === 4) {
    frame[1] = 126;
    frame[2] = length >>> 8;
    frame[3] = length & 0xff;
  } else {
    frame[1] = 127;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(length, 4, 6);
  }
  return frame;
}

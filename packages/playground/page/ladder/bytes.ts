/** A text as its bytes in UTF-8: sixteen a line, each line with where it begins and what can be read of it. */
export function dumpOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const part = [...bytes.slice(start, start + 16)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const read = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${read}`);
  }
  return lines.join('\n');
}

export const byteCount = (text: string): number => new TextEncoder().encode(text).length;

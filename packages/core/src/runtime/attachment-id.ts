/** What a picture is called: the SHA-256 of its bytes, in hex. The same bytes are the same picture. */
export async function attachmentIdOf(bytes: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

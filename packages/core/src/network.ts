/**
 * What a limit of one address counts: an IPv4 address as itself, also where it stands inside IPv6 (mapped, or behind a
 * translator); an IPv6 address by its first 64 bits, for whoever has one has all of them. Anything else stays as it is.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  const [high = 0, low = 0] = groups.slice(6);
  if (ipv4Prefixes.has(groups.slice(0, 6).join(':'))) return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** `::ffff:0:0/96` and `64:ff9b::/96`, in decimal: what follows is an IPv4 address. [RFC 4291 2.5.5.2, RFC 6052 2.1] */
const ipv4Prefixes: ReadonlySet<string> = new Set(['0:0:0:0:0:65535', `${0x64}:${0xff9b}:0:0:0:0`]);

/** The eight groups; undefined for what is no IPv6 address. A zone is of this machine, and left out. */
function groupsOf(address: string): readonly number[] | undefined {
  const [text = ''] = address.split('%', 1);
  const [left = '', right, ...more] = text.split('::');
  const head = read(left);
  const tail = read(right ?? '');
  const gap = 8 - head.length - tail.length;
  const isWhole = right === undefined ? gap === 0 : gap > 0 && more.length === 0;
  const groups = [...head, ...(isWhole ? Array.from({ length: gap }, () => 0) : []), ...tail];
  return isWhole && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

/** Groups of hexadecimal digits, an IPv4 address at their end as two of them; NaN stands for what is none. */
function read(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(group)?.slice(1).map(Number);
    if (bytes === undefined) return /^[\da-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    return [a * 256 + b, c * 256 + d];
  });
}

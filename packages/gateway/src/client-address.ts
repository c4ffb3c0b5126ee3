import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** An address, or a network with the number of its bits. */
interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Undefined: it is none. */
function parseNetwork(text: string): Network | undefined {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const network = { address, bits: Number(bits ?? most), family: version === 6 ? 'ipv6' : 'ipv4' } as const;
  return version !== 0 && network.bits <= most ? network : undefined;
}

/** Whether this names an address or a network. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

/** The part of a request that tells where it comes from. */
type Origin = { readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress'> } & Pick<IncomingMessage, 'headers'>;

/** Tells whether an address is a proxy that is trusted. */
function trustIn(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const proxy of trustedProxies) {
    const network = parseNetwork(proxy);
    if (network === undefined) throw new TypeError(`${proxy} is no address and no network`);
    trusted.addSubnet(network.address, network.bits, network.family);
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Tells whether a connection is that of a proxy that is trusted. */
export function proxyCheck(trustedProxies: readonly string[]): (socket: Origin['socket']) => boolean {
  const isTrusted = trustIn(trustedProxies);
  return (socket) => isTrusted(plain(socket.remoteAddress ?? ''));
}

/**
 * Tells where a request comes from. Proxies that are trusted have added to `X-Forwarded-For` whom they were asked by:
 * from the right the first one that is not trusted. What stands further left anybody may have written; so may whatever is
 * left of a word that is no address, and then it is the nearest proxy that counts.
 */
export function clientAddress(trustedProxies: readonly string[]): (request: Origin) => string {
  const isTrusted = trustIn(trustedProxies);
  return ({ socket, headers }) => {
    const peer = plain(socket.remoteAddress ?? '');
    if (!isTrusted(peer)) return peer;
    const header = headers['x-forwarded-for'];
    const hops = (typeof header === 'string' ? header : '').split(',').map((hop) => plain(withoutPort(hop.trim())));
    const nearest = hops.findLast((hop) => !isTrusted(hop)) ?? '';
    return isIP(nearest) === 0 ? peer : nearest;
  };
}

/** Some proxies add the port, and brackets around an IPv6 address then. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}

/** IPv4 as itself where a socket for both families shows it mapped into IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where requests may go beside public addresses. */
export interface AddressGuard {
  /** Whether a connection to this address may be made. */
  permits(address: string): boolean;
  /**
   * Resolves a name for `net.connect`, which then connects to the very address that was checked: a name that answers
   * otherwise a moment later gains nothing. Fails with ADDRESS_REFUSED if any of its addresses may not be reached.
   */
  readonly lookup: LookupFunction;
}

/** Why an address is not connected to. */
class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
}

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** The network a text names, as `10.0.0.0/8`, or an address alone; undefined for what is none. */
export function parseNetwork(text: string): Network | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** All of IPv6 that is given out for public use; what lies outside is nobody's, or an IPv4 address in disguise. [RFC 4291 2.4] */
const global6: Network = ipaddr.parseCIDR('2000::/3');

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match([network, bits]);
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(address, global6));
}

/**
 * Public unicast addresses, and those of the networks that are allowed by name; `publicToo` false: the allowed ones alone.
 */
export function addressGuard(allowed: readonly string[], { publicToo }: { readonly publicToo: boolean }): AddressGuard {
  const networks = allowed.flatMap((text) => {
    const network = parseNetwork(text);
    return network === undefined ? [] : [network];
  });

  const permits = (text: string): boolean => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return networks.some((network) => isIn(address, network)) || (publicToo && isPublic(address));
  };

  return {
    permits,
    lookup(hostname, options, callback) {
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) return callback(error, '');
        const [first] = found;
        if (first === undefined || !found.every(({ address }) => permits(address))) {
          return callback(new AddressRefused(`${hostname} leads to an address that is not allowed`), '');
        }
        if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      });
    },
  };
}

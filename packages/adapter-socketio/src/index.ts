import type { Adapter } from '@dragoman/core';
import { socketioAdapter } from './adapter.js';
import { happychatDialect, type HappychatOptions } from './happychat/happychat.js';
import type { Carrier } from './transport.js';

export { tokenAuthenticator } from './happychat/authenticate.js';
export type { AuthenticatedMore, Authenticator, HappychatRole } from './happychat/authenticate.js';
export type { HappychatOptions } from './happychat/happychat.js';
export type { RateLimit } from './rate.js';
export { socketioCarrier } from './transport.js';
export type { Carrier, CarrierOptions, Frame, Inbound, NodeWebListener, Peer } from './transport.js';

/** Happychat on the namespaces `/customer`, `/operator` and `/agent` of a carrier. */
export function happychatAdapter(carrier: Carrier, options: HappychatOptions): Adapter {
  return socketioAdapter(carrier, happychatDialect(options));
}

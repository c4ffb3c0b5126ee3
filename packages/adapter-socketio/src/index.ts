import type { Adapter } from '@dragoman/core';
import { socketioAdapter } from './adapter.js';
import { happychatDialect, type HappychatOptions } from './happychat/happychat.js';
import { ticketsDialect } from './tickets/dialect.js';
import type { TicketsOptions } from './tickets/options.js';
import type { Carrier } from './transport.js';

export { tokenAuthenticator } from './happychat/authenticate.js';
export type { AuthenticatedMore, Authenticator, HappychatRole } from './happychat/authenticate.js';
export { happychatCapabilities } from './happychat/happychat.js';
export type { HappychatOptions } from './happychat/happychat.js';
export type { RateLimit } from './rate.js';
export { ticketsCapabilities } from './tickets/dialect.js';
export type { SignInLimits } from './tickets/connection.js';
export type { TicketsOptions } from './tickets/options.js';
export { socketioCarrier } from './transport.js';
export type { DoorOptions } from './door.js';
export type { Carrier, CarrierLimits, CarrierOptions, Frame, Inbound, NodeWebListener, Peer } from './transport.js';

/** Happychat on the namespaces `/customer`, `/operator` and `/agent` of a carrier. */
export function happychatAdapter(carrier: Carrier, options: HappychatOptions): Adapter {
  return socketioAdapter(carrier, happychatDialect(options));
}

/** The ticket protocol on the namespace `/` of a carrier, unless the options name another. */
export function ticketsAdapter(carrier: Carrier, options: TicketsOptions): Adapter {
  return socketioAdapter(carrier, ticketsDialect(options));
}

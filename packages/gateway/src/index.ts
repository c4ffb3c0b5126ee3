export type { CheckedConfig } from './config.js';
export { checkConfig, configFault, loadConfig } from './config.js';
export type { AuthConfig, SecretConfig } from './config-auth.js';
export type { Surroundings } from './config-crosschecks.js';
export type { Problem } from './config-problems.js';
export type {
  AdapterConfig,
  Config,
  ConveadConfig,
  HappychatConfig,
  ListenerConfig,
  SermoConfig,
  TicketsConfig,
} from './config-schema.js';
export { configSchema, configSchemaFile } from './config-schema.js';
export type { Listeners } from './adapters.js';
export { clientAddress } from './client-address.js';
export type { Container, GatewayOptions } from './container.js';
export { devBanner, devConfig, devEnvironment, verifyDev } from './dev.js';
export type { FileAttachmentsOptions } from './files.js';
export { createFileAttachments } from './files.js';
export type { Gateway } from './gateway.js';
export { createGateway } from './gateway.js';
export type { Readiness } from './health.js';
export { serveHealth } from './health.js';
export type { Listener, ListenerOptions, NodeWebListener } from './listener.js';
export { createListener } from './listener.js';
export type { LogLevel } from './log.js';
export { createLog } from './log.js';
export type { Environment } from './secrets.js';
export type { Token } from './tokens.js';
export { tokens } from './tokens.js';

export { clustaarAdapter, clustaarCapabilities } from './adapter.js';
export type { Bot, ClustaarOptions, ClustaarSettings, OperatorTopic } from './options.js';

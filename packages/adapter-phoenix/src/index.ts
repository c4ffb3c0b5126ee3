export { clustaarAdapter } from './adapter.js';
export type { Bot, ClustaarOptions, ClustaarSettings } from './options.js';

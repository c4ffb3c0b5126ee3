export type { SermoAdapter } from './adapter.js';
export { sermoAdapter } from './adapter.js';
export type { BrokerTls } from './link.js';
export { sermoCapabilities } from './sermo/capabilities.js';
export { externalBotId } from './sermo/external-bot.js';
export type { PlatformRole, SermoLimits, SermoNames, SermoOptions, SermoTimes } from './sermo/options.js';
export { defaultNames, defaultSermoLimits, defaultSermoTimes, queueModeNames } from './sermo/options.js';
export type { SermoTexts, TextsByLocale } from './sermo/texts.js';

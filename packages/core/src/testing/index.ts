export type { CollectingLog, FixedClock, LoggedLine } from './fakes.js';
export { createCollectingLog, createCountingIds, createFixedClock, createMapAttachments } from './fakes.js';

export { adapterContract } from './adapter-contract.js';
export type { AdapterSubject, Subject, SubjectClient, TestFunctions } from './adapter/subject.js';
export { silence } from './adapter/subject.js';
export type { WatchedCore, WatchedSession } from './adapter/watched-core.js';
export { watchCore } from './adapter/watched-core.js';
export { eventually } from './eventually.js';
export type { CollectingLog, FixedClock, LoggedLine } from './fakes.js';
export { createCollectingLog, createCountingIds, createFixedClock, createMapAttachments } from './fakes.js';

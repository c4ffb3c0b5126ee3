/** The pure rules, for tests and tools that fold and decide by themselves: `@dragoman/core/domain`. */
export * from './audience.js';
export * from './chat/chat.js';
export * from './chat/decide.js';
export * from './chat/due.js';
export * from './chat/evolve.js';
export type { Doorway, Entrance, Opening } from './chat/opening.js';
export { enter as enterChat, fold, openChat } from './chat/opening.js';
export * from './chat/places.js';
export * from './chat/receipts.js';
export * from './chat/scene.js';
export * from './person.js';
export * from './policies.js';
export * from './ranges.js';
export * from './routing/eligible.js';
export * from './routing/lines.js';
export * from './routing/run.js';
export * from './routing/shard.js';
export * from './routing/wishes.js';

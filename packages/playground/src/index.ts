export { createPlayground, type Playground } from './playground.js';

export { openPlayground, type Playground, type PlaygroundGateway } from './playground.js';

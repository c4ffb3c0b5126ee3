export { playground, type Playground, type PlaygroundGateway, type PlaygroundOptions } from './playground.js';

// npm run build: what the compiler makes of the sources and vite of the pages, and nothing else.
import { build, install } from './steps.mjs';

await install();
await build();

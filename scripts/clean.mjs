// npm run clean: as if nothing had been built.
import { clean } from './outputs.mjs';

clean();

// One page for each source file that a page of the documentation links to.
import { extname } from 'node:path';
import { linkedSources } from '../.vitepress/links.mjs';

const fence = '`'.repeat(4);

export default {
  paths: () =>
    linkedSources().map(({ path, text }) => ({
      params: { path },
      content: `${fence}${extname(path).slice(1).replace('mjs', 'js')}\n${text}\n${fence}`,
    })),
};

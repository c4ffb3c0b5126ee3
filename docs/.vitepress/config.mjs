// The documentation as a site: every page of the repository, where it lies. npm run docs serves it.
import { readFileSync } from 'node:fs';
import { breaks } from './breaks.mjs';
import { drawings } from './drawings.mjs';
import { links } from './links.mjs';
import { sidebar } from './sidebar.mjs';

const mark = readFileSync(new URL('../../packages/playground/page/mark.svg', import.meta.url), 'utf8');

export default {
  title: 'Dragoman',
  description: 'An interpreter between chat protocols',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '**/CHANGELOG.md', 'build/**', 'packages/*/{build,dist}/**', 'data/**'],
  outDir: '../build/site',
  cacheDir: '../build/.vitepress',
  rewrites: { 'README.md': 'index.md', ':folder(.+)/README.md': ':folder/index.md' },
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(mark)}` }]],
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    config: (markdown) => markdown.use(links).use(drawings).use(breaks),
    languageAlias: { service: 'ini' },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  /** A page that is one table of every dialect with every other needs all the place there is. */
  transformPageData({ relativePath, frontmatter }) {
    if (relativePath === 'docs/compatibility.md') Object.assign(frontmatter, { aside: false, pageClass: 'wide' });
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'In a minute', link: '/docs/in-a-minute' },
      { text: 'Guides', link: '/docs/guides/compose' },
      { text: 'Protocols', link: '/docs/dialects/happychat' },
      { text: 'Reference', link: '/docs/options' },
    ],
    sidebar,
  },
};

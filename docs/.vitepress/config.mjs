// The documentation as a site: every page of the repository, where it lies. npm run docs serves it.
import { withMermaid } from 'vitepress-plugin-mermaid';
import { links } from './links.mjs';
import { sidebar } from './sidebar.mjs';

export default withMermaid({
  title: 'Dragoman',
  description: 'An interpreter between chat protocols',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '**/CHANGELOG.md', 'build/**', 'packages/*/{build,dist}/**', 'data/**'],
  outDir: '../build/site',
  cacheDir: '../build/.vitepress',
  rewrites: { 'README.md': 'index.md', ':folder(.+)/README.md': ':folder/index.md' },
  cleanUrls: false,
  lastUpdated: false,
  markdown: { config: links },
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
});

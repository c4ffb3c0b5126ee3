// How the pages of packages are made: packages/*/page into packages/*/build.

/** What the head of every page has beside its title; its files are called the same everywhere. */
const head = [
  ['meta', { charset: 'utf-8' }],
  ['meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }],
  ['meta', { name: 'color-scheme', content: 'light dark' }],
  ['link', { rel: 'icon', href: '../../playground/page/mark.svg' }],
  ['link', { rel: 'stylesheet', href: './style.css' }],
  ['script', { type: 'module', src: './main.tsx' }],
].map(([tag, attrs]) => ({ tag, attrs, injectTo: 'head-prepend' }));

export default {
  base: './',
  logLevel: 'warn',
  plugins: [{ name: 'head', transformIndexHtml: { order: 'pre', handler: () => head } }],
  // One file each, and none of it in the page itself, which its security policy would not run.
  build: { outDir: '../build', emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
};

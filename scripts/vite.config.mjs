// How the pages of packages are made: packages/*/page into packages/*/build.
export default {
  base: './',
  logLevel: 'warn',
  // One file each, and none of it in the page itself, which its security policy would not run.
  build: { outDir: '../build', emptyOutDir: true, modulePreload: false, assetsInlineLimit: 0 },
};

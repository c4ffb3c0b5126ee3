// Links to sources: on the site they lead to a page that shows the file.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const skipped = new Set(['node_modules', 'build', 'dist', 'data', '.git']);

/** The repository's path that a page's link leads to; undefined: an address elsewhere, or a place on the page. */
function targetOf(page, href) {
  if (/^[a-z]+:|^[#/]/.test(href)) return undefined;
  return join(dirname(page), decodeURI(href.split('#', 1)[0])).replace(/\/$/, '');
}

/** The file that shows what lies there: of a folder its README, its first page or its first source. */
function fileOf(path) {
  if (statSync(join(root, path)).isFile()) return path;
  const names = readdirSync(join(root, path));
  const isShown = (name) => name === 'README.md' || /\.(md|ts|mjs|js|py)$/.test(name);
  const [first] = names.filter(isShown).sort((a, b) => Number(b === 'README.md') - Number(a === 'README.md'));
  return first === undefined ? undefined : join(path, first);
}

function placeOf(file) {
  if (extname(file) !== '.md') return `/docs/source/${file}`;
  return `/${file.replace(/\.md$/, '')}`.replace(/README$/, '');
}

/** A markdown-it plugin. */
export function links(markdown) {
  const render = markdown.renderer.rules.link_open;
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const path = targetOf(relative(root, env.path), token.attrGet('href') ?? '');
    if (path !== undefined && !path.endsWith('.md') && existsSync(join(root, path))) {
      const file = fileOf(path);
      if (file !== undefined) token.attrSet('href', placeOf(file));
    }
    return render(tokens, index, options, env, self);
  };
}

function* pagesBelow(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* pagesBelow(join(folder, entry.name));
    else if (entry.name.endsWith('.md')) yield join(folder, entry.name);
  }
}

/** Every source file that some page links to, with what is in it. */
export function linkedSources() {
  const files = new Set();
  for (const page of pagesBelow('.')) {
    for (const [, href] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)) {
      const path = targetOf(page, href);
      const file = path !== undefined && existsSync(join(root, path)) ? fileOf(path) : undefined;
      if (file !== undefined && extname(file) !== '.md') files.add(file);
    }
  }
  return [...files].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Comments, and texts in quotes; a text in backquotes counts as code, for it may hold some. */
const pieces = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

const isComment = (piece: string): boolean => piece.startsWith('/');

function withoutComments(text: string): string {
  return text.replace(pieces, (piece) => (isComment(piece) ? ' ' : piece));
}

/** What is said in the comments of a source. */
export function commentsOf(text: string): string {
  return (text.match(pieces) ?? []).filter(isComment).join('\n');
}

/** A source without its comments and its quoted texts. */
export function codeOf(text: string): string {
  return withoutComments(text).replace(pieces, (piece) => (piece.startsWith('`') ? piece : `''`));
}

/** One import, re-export or `require` of a source. */
export interface Import {
  readonly from: string;
  /** Erased by the compiler: nothing is loaded. */
  readonly isType: boolean;
}

const forms = [
  /\b(?:import|export)\s+(?<type>type\s)?(?:[^'"`;]*?\bfrom\s*)?['"](?<from>[^'"]+)['"]/g,
  /\bimport\s*\(\s*['"](?<from>[^'"]+)['"]/g,
  /\brequire(?:\.resolve)?\(\s*['"`](?<from>[^'"`$]+)/g,
  /\bcreateRequire\([^)]*\)(?:\.resolve)?\(\s*['"`](?<from>[^'"`$]+)/g,
];

export function importsOf(text: string): readonly Import[] {
  const code = withoutComments(text);
  return forms.flatMap((form) =>
    [...code.matchAll(form)].map(({ groups }) => ({
      from: groups?.['from'] ?? '',
      isType: groups?.['type'] !== undefined,
    })),
  );
}

/** The package a bare specifier names: `@a/b` of `@a/b/c`; undefined for a file or a part of Node.js. */
export function packageOf(specifier: string): string | undefined {
  if (/^\.|^node:/.test(specifier)) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

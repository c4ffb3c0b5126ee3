/**
 * One change of the operators' state. Of the original's patch language only what its clients apply without error:
 * descend, add, remove, replace; texts and lists are replaced whole [HCD 17].
 */
export type Change =
  | { readonly o: 'O'; readonly v: Readonly<Record<string, Change>> }
  | { readonly o: '+' | 'r'; readonly v: unknown }
  | { readonly o: '-' };

/**
 * A tree that remembers what was put since it was last asked. Keys are the wire's, hence maps throughout; values are
 * whatever JSON can say.
 */
export interface Tree {
  /** Undefined removes. Where the value is already there, nothing has changed. */
  put(path: readonly string[], value: unknown): void;
  keys(path: readonly string[]): readonly string[];
  /** Everything put since the last call, as one change from the top; undefined when nothing is different. */
  takeChange(): Change | undefined;
  toJson(): unknown;
}

type Branch = Map<string, Node>;
type Node = Branch | { readonly leaf: unknown };

interface Edits {
  readonly below: Map<string, Edits>;
  op?: '+' | 'r' | '-';
}

/** The branches named are there from the start, even while empty. */
export function createTree(branches: readonly (readonly string[])[]): Tree {
  const root: Branch = new Map();
  let edits: Edits = { below: new Map() };
  for (const path of branches) descend(root, { below: new Map() }, path, true);

  return {
    put(path, value) {
      const key = path.at(-1);
      if (key === undefined) return;
      const place = descend(root, edits, path.slice(0, -1), value !== undefined);
      if (place === undefined) return;
      const { branch, marks } = place;
      const before = branch.get(key);
      if (value === undefined) remove(branch, key, before, marks);
      else if (!isLeafOf(before, value)) {
        branch.set(key, { leaf: value });
        mark(marks, key, before === undefined ? '+' : 'r');
      }
    },
    keys(path) {
      return [...(descend(root, { below: new Map() }, path, false)?.branch.keys() ?? [])];
    },
    takeChange() {
      const taken = edits;
      edits = { below: new Map() };
      return taken.below.size === 0 ? undefined : describe(taken, root);
    },
    toJson: () => toJson(root),
  };
}

/** The branch at a path, made where it is missing; `marks` is undefined below something that is new altogether. */
function descend(
  root: Branch,
  edits: Edits,
  path: readonly string[],
  mayGrow: boolean,
): { readonly branch: Branch; readonly marks: Edits | undefined } | undefined {
  let branch = root;
  let marks: Edits | undefined = edits;
  for (const key of path) {
    const next = branch.get(key);
    if (next instanceof Map) {
      marks = marks && within(marks, key);
      branch = next;
      continue;
    }
    if (!mayGrow) return undefined;
    const made: Branch = new Map();
    branch.set(key, made);
    mark(marks, key, next === undefined ? '+' : 'r');
    marks = undefined;
    branch = made;
  }
  return { branch, marks };
}

function within(edits: Edits, key: string): Edits | undefined {
  const below: Edits = edits.below.get(key) ?? { below: new Map() };
  edits.below.set(key, below);
  return below.op === undefined ? below : undefined;
}

function mark(edits: Edits | undefined, key: string, op: '+' | 'r'): void {
  const former = edits?.below.get(key)?.op;
  // What was removed and comes back within one change has been replaced; what was added stays added.
  edits?.below.set(key, { below: new Map(), op: former === '-' ? 'r' : (former ?? op) });
}

function remove(branch: Branch, key: string, before: Node | undefined, edits: Edits | undefined): void {
  if (before === undefined) return;
  branch.delete(key);
  if (edits?.below.get(key)?.op === '+') edits.below.delete(key);
  else edits?.below.set(key, { below: new Map(), op: '-' });
}

function describe(edits: Edits, branch: Branch): Change | undefined {
  const changes: [string, Change][] = [];
  for (const [key, edit] of edits.below) {
    const node = branch.get(key);
    if (edit.op === '-') changes.push([key, { o: '-' }]);
    else if (node === undefined) continue;
    else if (edit.op !== undefined) changes.push([key, { o: edit.op, v: toJson(node) }]);
    else if (node instanceof Map) {
      const change = describe(edit, node);
      if (change !== undefined) changes.push([key, change]);
    }
  }
  return changes.length === 0 ? undefined : { o: 'O', v: Object.fromEntries(changes) };
}

function isLeafOf(node: Node | undefined, value: unknown): boolean {
  if (node === undefined || node instanceof Map) return false;
  return JSON.stringify(node.leaf) === JSON.stringify(value);
}

function toJson(node: Node): unknown {
  if (!(node instanceof Map)) return node.leaf;
  return Object.fromEntries([...node].map(([key, below]) => [key, toJson(below)]));
}

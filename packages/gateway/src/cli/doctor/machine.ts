import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { findings, type Check } from './finding.js';

/** What the gateway asks of the machine. */
export interface Machine {
  /** As `20.19.0`. */
  readonly nodeVersion: string;
  /** Files that the process may have open at a time; undefined where the system does not tell. */
  readonly openFiles: number | undefined;
  now(): number;
  /** Free for the gateway on the disk of a folder that exists, bytes. */
  freeBytes(folder: string): Promise<number>;
}

function openFileLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** The machine that we run on. */
export const thisMachine: Machine = {
  nodeVersion: process.versions.node,
  openFiles: openFileLimit(),
  now: () => Date.now(),
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

const needed = [20, 19] as const;

/** Node.js is one that we are tested with. */
export const checkNode: Check = async ({ machine: { nodeVersion } }) => {
  const { fault, fine } = findings('node');
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isNewEnough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  return isNewEnough
    ? [fine(`Node.js ${nodeVersion}`)]
    : [fault(`Node.js ${nodeVersion} is too old`, `install Node.js ${needed.join('.')} or newer`)];
};

/** Files that are open besides connections: the store, the log, libraries. */
const ourFiles = 100;

/** As many files may be open as clients may connect. */
export const checkOpenFiles: Check = async ({ machine: { openFiles }, config }) => {
  const { fault, fine } = findings('files');
  const clients = config.listeners.reduce((sum, { maxConnections = 20_000 }) => sum + maxConnections, 0);
  const wanted = clients + ourFiles;
  if (openFiles === undefined) return [fine('this system does not tell how many files may be open')];
  if (openFiles >= wanted) return [fine(`${openFiles} files may be open, for ${clients} connections`)];
  const remedy = `ulimit -n ${wanted}, or LimitNOFILE=${wanted} in the unit of systemd; or lower maxConnections`;
  return [fault(`${openFiles} files may be open, and ${clients} clients may connect`, remedy)];
};

// Writes docs/compatibility.md from what the adapters declare, and lays it out. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from './root.mjs';

const { capabilitiesByDialect, compatibilityPage } = await import('../packages/gateway/dist/index.js');
const file = join(root, 'docs', 'compatibility.md');
const options = { ...(await resolveConfig(file)), filepath: file };
// The bridge is for programs, which say and hear whatever they are written for.
const dialects = [...capabilitiesByDialect].filter(([name]) => name !== 'http').map(([, dialect]) => dialect);
const page = await format(compatibilityPage(dialects), options);
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== page) {
    console.error('docs/compatibility.md is not what the adapters declare: run node scripts/compatibility.mjs');
    process.exitCode = 1;
  }
} else writeFileSync(file, page);

import type { AdapterConfig } from '../../dialects/index.js';
import type { Beginning } from './beginning.js';
import { operationsSecret, starterOf, type FreshSecret, type Starter } from './starters.js';
import { titles } from './titles.js';

/** The two files that `init` writes. */
export interface Written {
  readonly config: string;
  readonly secrets: string;
}

const indented = (lines: readonly string[], by: number): string =>
  lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');

function adapterText(dialect: AdapterConfig['dialect'], { lines }: Starter): string {
  const inside = [`"dialect": "${dialect}",`, '"workspace": "default",', ...lines];
  return `    // ${titles[dialect]}.\n    {\n${indented(inside, 6)}    },\n`;
}

function originLines({ origins }: Beginning): readonly string[] {
  return origins.length === 0
    ? [
        '// Origins of the web pages that may connect. Without it each protocol has its own rule.',
        '// "origins": ["https://shop.example"],',
      ]
    : ['// Origins of the web pages that may connect.', `"origins": ${JSON.stringify(origins)},`];
}

function listenerText(beginning: Beginning): string {
  const lines = [
    '"name": "main",',
    '// 127.0.0.1 is this machine alone, for a proxy in front that ends TLS; 0.0.0.0 is every network.',
    `"host": ${JSON.stringify(beginning.host)},`,
    `"port": ${beginning.port},`,
    ...originLines(beginning),
    '// Proxies in front, whose X-Forwarded-For is believed. Without it all clients behind one count as one.',
    '// "trustedProxies": ["127.0.0.1"],',
  ];
  return `    {\n${indented(lines, 6)}    },\n`;
}

function configText(beginning: Beginning, starters: readonly (readonly [AdapterConfig['dialect'], Starter])[]): string {
  return `// The config of Dragoman. Comments and a comma after the last item are fine.
// \`dragoman schema\` describes every key; \`dragoman check\` says what is wrong here; \`dragoman doctor\` what is wrong around it.
// Secrets never stand in this file: { "env": NAME } names a line of dragoman.env or a variable of the environment.
{
  // Where clients connect. One port is enough for every protocol.
  "listeners": [
${listenerText(beginning)}  ],

  // Where chats and pictures are kept. One process at a time has them. Copy them with \`dragoman backup\`.
  "store": { "kind": "sqlite", "path": "./data/store" },
  "attachments": { "path": "./data/files" },

  // A workspace is a tenant: its chats, people and routing are its own.
  "workspaces": [{ "id": "default", "name": "Shop" }],

  // Which protocols are spoken, and by whom.
  "adapters": [
${starters.map(([name, starter]) => adapterText(name, starter)).join('')}  ],

  // What operators of the gateway look at: /metrics for Prometheus, and \`dragoman tail\`.
  "operations": { "key": { "env": "${operationsSecret.name}" }, "metrics": true, "sightings": true },
}
`;
}

function secretsText(secrets: readonly FreshSecret[]): string {
  const lines = secrets.map(({ name, about, make }) => `# ${about}\n${name}=${make()}\n`);
  return `# Secrets of Dragoman: for its owner alone, and never in a repository.\n\n${lines.join('\n')}`;
}

/** The config and the secrets of a new gateway. */
export function beginningFiles(beginning: Beginning): Written {
  const starters = beginning.dialects.map((name) => [name, starterOf(name, beginning)] as const);
  const secrets = new Map<string, FreshSecret>();
  for (const [, starter] of starters) for (const secret of starter.secrets) secrets.set(secret.name, secret);
  secrets.set(operationsSecret.name, operationsSecret);
  return { config: configText(beginning, starters), secrets: secretsText([...secrets.values()]) };
}

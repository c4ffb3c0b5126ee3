// Writes the page about the command line anew, from what the commands say of themselves. With --check it changes nothing,
// and fails when it would. The repository must be built.
import { readFile, writeFile } from 'node:fs/promises';
import prettier from 'prettier';
import { commandPages, exitCodes, exitMeanings } from '../packages/gateway/dist/cli/index.js';

const codes = Object.entries(exitCodes).map(([why, code]) => `| ${code} | ${exitMeanings[why]} |`);
const chapters = commandPages().map(
  ({ name, text }) => `## ${name === '' ? 'dragoman' : `dragoman ${name}`}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`,
);

const page = `# The command line

\`npx @dragoman/gateway COMMAND\`, or \`dragoman COMMAND\` where the package is installed. Written from the help of the
commands by \`node scripts/cli.mjs\`.

From an empty folder: \`dragoman init\`, then \`dragoman doctor\`, then \`dragoman serve\`. Every command looks for
\`dragoman.jsonc\` where it is called, and for the secrets in \`dragoman.env\` beside it; what the environment says already
stands. With \`--json\` the answer is JSON on stdout, and an error one line of JSON on stderr: \`error\`, \`message\`,
\`remedy\`. What people wrote and what they are called is hidden unless \`--texts\` asks for it.

| Exit code | What happened |
| --- | --- |
${codes.join('\n')}

Completion of commands, options and their values: \`dragoman completion bash\`, \`zsh\` or \`fish\`.

${chapters.join('\n')}`;

const file = 'docs/cli.md';
const formatted = await prettier.format(page, { ...(await prettier.resolveConfig(file)), filepath: file });
if (!process.argv.includes('--check')) await writeFile(file, formatted);
else if ((await readFile(file, 'utf8').catch(() => '')) !== formatted) {
  console.error(`${file} is not what the commands say: node scripts/cli.mjs`);
  process.exitCode = 1;
}

// Writes the page of metrics from their list. With --check it changes nothing, and fails when it would. The repository must
// be built.
import { readFile, writeFile } from 'node:fs/promises';
import prettier from 'prettier';
import { metricList } from '../packages/gateway/dist/index.js';

const row = ({ name, kind, labels, help }) =>
  `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;

const page = `# Metrics

What \`/metrics\` of [the gateway](../packages/gateway) says, for Prometheus. Written from the list in
\`packages/gateway/src/operations/metric-list.ts\` by \`node scripts/metrics.mjs\`. Times are in seconds. A histogram has the
series \`_bucket\`, \`_sum\` and \`_count\`.

| Metric | Kind | Labels | What it is |
| --- | --- | --- | --- |
${Object.values(metricList).map(row).join('\n')}

[deploy/grafana/dragoman.json](../deploy/grafana/dragoman.json) is a dashboard of them,
[deploy/prometheus/alerts.yml](../deploy/prometheus/alerts.yml) are rules that call somebody.
`;

const file = new URL('../docs/metrics.md', import.meta.url);
const options = (await prettier.resolveConfig(file)) ?? {};
const text = await prettier.format(page, { ...options, parser: 'markdown' });
if (process.argv.includes('--check')) {
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error('docs/metrics.md is not what the list says: node scripts/metrics.mjs');
    process.exitCode = 1;
  }
} else await writeFile(file, text);

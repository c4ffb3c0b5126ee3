import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import { load } from 'js-yaml';
import { metricList } from '@dragoman/gateway';

/** What a Prometheus query asks for, by the grammar of Prometheus itself. */
interface Query {
  readonly isValid: boolean;
  readonly metrics: readonly string[];
}

function read(query: string): Query {
  // Grafana puts its own words in before it asks.
  const text = query.replaceAll('$__rate_interval', '5m').replaceAll('$instance', 'any');
  const metrics: string[] = [];
  let isValid = true;
  parser.parse(text).iterate({
    enter({ type, from, to }) {
      if (type.isError) isValid = false;
      if (type.name === 'VectorSelector') metrics.push(/^[a-z_:]+/.exec(text.slice(from, to))?.[0] ?? '');
    },
  });
  return { isValid, metrics };
}

/** Every series that there is. */
const series = new Set(
  Object.values(metricList).flatMap(({ kind, name }) =>
    kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  ),
);

const unknownIn = (queries: readonly string[]): readonly string[] =>
  queries.flatMap((query) => read(query).metrics.filter((metric) => metric !== 'up' && !series.has(metric)));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

describe('what is there for Prometheus and Grafana', () => {
  let rules: readonly Rule[];
  let panels: readonly Panel[];

  before(async () => {
    const alerts = load(await readFile('deploy/prometheus/alerts.yml', 'utf8')) as { groups: { rules: Rule[] }[] };
    rules = alerts.groups.flatMap((group) => group.rules);
    panels = (JSON.parse(await readFile('deploy/grafana/dragoman.json', 'utf8')) as { panels: Panel[] }).panels;
  });

  it('has rules that Prometheus can read, each with what to do', () => {
    expect(rules.filter(({ expr }) => !read(expr).isValid)).to.deep.equal([]);
    for (const rule of rules) {
      expect(rule.alert).to.match(/^Dragoman[A-Za-z]+$/);
      expect(rule.for).to.match(/^\d+[ms]$/);
      expect(rule.labels.severity).to.be.oneOf(['page', 'ticket']);
      expect(rule.annotations).to.have.all.keys('summary', 'action');
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
  });

  const promtool = '/usr/bin/promtool';
  if (existsSync(promtool)) {
    it('has rules that fire where they should and nowhere else, by the word of promtool', async () => {
      const cases = 'test/fixtures/prometheus/alerts.yml';
      const text = await readFile(cases, 'utf8');
      for (const { alert } of rules) expect([alert, text.split(`"${alert}"`).length > 2]).to.deep.equal([alert, true]);
      await promisify(execFile)(promtool, ['test', 'rules', cases]);
    });
  }

  it('has a dashboard whose queries can be asked and whose panels do not overlap', () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).to.be.greaterThan(20);
    expect(queries.filter((expr) => !read(expr).isValid)).to.deep.equal([]);
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
  });

  it('names no metric that there is not, and shows every one', () => {
    const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(unknownIn([...asked, ...rules.map(({ expr }) => expr)])).to.deep.equal([]);
    const shown = [...asked, ...rules.map(({ expr }) => expr)].join('\n');
    const forEyes = Object.values(metricList).filter(({ name }) => !shown.includes(name));
    expect(forEyes.map(({ name }) => name)).to.deep.equal([
      'dragoman_frame_units_total',
      'dragoman_adapter_waiting',
      'dragoman_process_start_time_seconds',
    ]);
  });

  it('has a page of the metrics that is what the list says', async () => {
    await promisify(execFile)(process.execPath, ['scripts/metrics.mjs', '--check']);
  });

  it('would see a query that cannot be asked and a metric that is not there', () => {
    expect(read('sum by (adapter (rate(x[5m]))').isValid).to.equal(false);
    expect(unknownIn(['rate(dragoman_nothing_total[5m])'])).to.deep.equal(['dragoman_nothing_total']);
  });
});

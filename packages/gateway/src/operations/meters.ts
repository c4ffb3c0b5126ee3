import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricList, type MetricFacts, type MetricKey } from './metric-list.js';

/** Makes the metrics of the list, each in one registry; no other metric can be made. */
export interface Meters {
  readonly registry: Registry;
  counter(key: MetricKey<'counter'>): Counter;
  gauge(key: MetricKey<'gauge'>): Gauge;
  /** Asked whenever somebody reads the metrics. */
  asked(key: MetricKey<'gauge'>, fill: (gauge: Gauge) => void | Promise<void>): void;
  histogram(key: MetricKey<'histogram'>): Histogram;
}

export function createMeters(): Meters {
  const registry = new Registry();
  const facts = (key: keyof typeof metricList) => {
    const { name, help, labels }: MetricFacts = metricList[key];
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  return {
    registry,
    counter: (key) => new Counter(facts(key)),
    gauge: (key) => new Gauge(facts(key)),
    asked(key, fill) {
      const gauge: Gauge = new Gauge({
        ...facts(key),
        async collect() {
          gauge.reset();
          await fill(gauge);
        },
      });
    },
    histogram: (key) => new Histogram({ ...facts(key), buckets: [...(metricList[key].buckets ?? [])] }),
  };
}

/** What a run of one case came to. */
export interface Figures {
  readonly case: string;
  /** Per second of wall time. */
  readonly perSecond: number;
  /** Processor time of the measured process, microseconds each. */
  readonly cpuMicros: number;
  /** Against the case it is compared with; undefined: it is that case. */
  readonly ratio?: number | undefined;
  /** The ratios of the single rounds that `ratio` is the middle of. */
  readonly spread?: readonly number[];
}

/** Runs something so many times at once, so many times in all, and says what each cost this process. */
export async function measured(
  name: string,
  total: number,
  atOnce: number,
  run: (index: number) => Promise<unknown>,
): Promise<Figures> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) await run(next++);
  };
  const [cpu, wall] = [process.cpuUsage(), process.hrtime.bigint()];
  await Promise.all(Array.from({ length: atOnce }, worker));
  const spent = process.cpuUsage(cpu);
  const seconds = Number(process.hrtime.bigint() - wall) / 1e9;
  return { case: name, perSecond: total / seconds, cpuMicros: (spent.user + spent.system) / total };
}

export function printFigures(title: string, unit: string, figures: readonly Figures[]): void {
  const width = Math.max(...figures.map((figure) => figure.case.length));
  console.log(`\n${title}`);
  for (const { case: name, perSecond, cpuMicros, ratio, spread = [] } of figures) {
    const between = [Math.min(...spread), Math.max(...spread)].map((one) => one.toFixed(2)).join(' to ');
    const around = spread.length === 0 ? '' : ` (${between})`;
    const compared = ratio === undefined ? '' : `   ratio ${ratio.toFixed(2)}${around}`;
    const rate = Math.round(perSecond).toLocaleString('en').padStart(9);
    console.log(
      `  ${name.padEnd(width)}  ${rate} ${unit}/s  ${cpuMicros.toFixed(1).padStart(7)} us CPU each${compared}`,
    );
  }
}

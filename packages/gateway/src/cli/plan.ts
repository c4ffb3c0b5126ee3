import { planJson, planText } from '../compatibility.js';
import { capabilitiesByDialect } from '../dialects/index.js';
import { answer, type Said, type Terminal } from './terminal.js';

interface PlanOptions extends Said {
  /** The dialect of the customers. */
  readonly from: string;
  /** The dialect of the operators. */
  readonly to: string;
}

/** Tells what crosses between two dialects. */
export function tellPlan(options: PlanOptions, terminal: Terminal): void {
  const [from, to] = [capabilitiesByDialect.get(options.from), capabilitiesByDialect.get(options.to)];
  if (from !== undefined && to !== undefined) answer(terminal, options, planJson(from, to), planText(from, to));
}

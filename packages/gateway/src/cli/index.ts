export { diagnose } from './doctor/diagnose.js';
export type { Finding, Patient } from './doctor/finding.js';
export { thisMachine, type Machine } from './doctor/machine.js';
export { exitCodes, exitMeanings } from './ending.js';
export { commandPages } from './pages.js';
export { program, run } from './program.js';
export type { Terminal } from './terminal.js';

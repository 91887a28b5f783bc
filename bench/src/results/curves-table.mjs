import { markdown } from '../harness/markdown-table.mjs';
import { nameOf, percent, processorSeconds } from './row-text.mjs';

/** Epochs that are shown: the first, those around the steps of the paper's schedule (80, 120, 160), the last. */
const SHOWN = [1, 5, 10, 20, 40, 79, 85, 125, 165, 200, 250];

/**
 * Who has the best accuracy, and from which epoch on; of equal ones the earlier row leads.
 * @param {readonly { name: string, trace: readonly { epoch: number, accuracy: number }[] }[]} curves
 * @returns {{ epoch: number, name: string }[]} every change of the lead, ascending
 */
export function leads(curves) {
  const last = Math.max(...curves.map(({ trace }) => trace.length));
  const changes = [];
  for (let epoch = 1; epoch <= last; epoch += 1) {
    const at = curves
      .map(({ name, trace }) => ({ name, accuracy: trace[epoch - 1]?.accuracy ?? -1 }))
      .reduce((best, other) => (other.accuracy > best.accuracy ? other : best));
    if (changes.at(-1)?.name !== at.name) changes.push({ epoch, name: at.name });
  }
  return changes;
}

/** Accuracy over epochs, a row a method, and who leads. @param {readonly object[]} runs */
export function curvesTable(runs) {
  const curves = runs.map((run) => ({ name: nameOf(run), trace: run.result.trace }));
  const table = markdown(
    ['method', ...SHOWN.map((epoch) => `epoch ${epoch}`), 'processor seconds', 'commit'],
    runs.map((run, row) => [
      curves[row].name,
      ...SHOWN.map((epoch) => percent(run.result.trace[epoch - 1]?.accuracy)),
      processorSeconds([run]),
      run.commit,
    ]),
  );
  const said = leads(curves)
    .slice(-6)
    .map(({ epoch, name }) => `${name} from epoch ${epoch}`);
  return `${table}\n\nThe best of these (the last changes): ${said.join(', ')}.`;
}

/** How docs/results.md writes numbers, and what it calls a row of runs.jsonl. */
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

export const { spread, spreadText } = requireTypeScript('libs/runs/src/report/spread.ts');

export const percent = (value, digits = 2) =>
  value === null || value === undefined ? '-' : (value * 100).toFixed(digits);

/** An accuracy in %, and in brackets by how many points it is above that of `base`. */
export function percentWithGain(accuracy, base) {
  const gain = (accuracy - base) * 100;
  return `${percent(accuracy)} (${gain < 0 ? '' : '+'}${gain.toFixed(2)})`;
}

const RENAMED = ['--method', '--review-by'];

/**
 * Those that a row was measured with, methods and orders of review by their names of today (`renamed`), and settings that
 * came later (`since`) with what was then the only way.
 */
export const argumentsOf = ({ arguments: args, renamed = {}, since = [] }) => [
  ...args.map((text, index) => (RENAMED.includes(args[index - 1]) ? (renamed[text] ?? text) : text)),
  ...since,
];

/** What a row is called: the method, and what was set otherwise. */
export function nameOf({ arguments: args, result, renamed = {}, since = [] }) {
  const later = since.filter((text) => text.includes('=')).map((text) => text.split('='));
  const settings = Object.entries({ ...result.settings, ...Object.fromEntries(later), ...result.train }).map(
    ([name, value]) => (name === 'schedule' ? `warmUp=${value.warmUp}` : `${name}=${value}`),
  );
  const own = [
    ...(args.includes('--schedule') ? [result.schedule] : []),
    ...(args.includes('--split') ? [`split ${result.split.method}`] : []),
  ];
  const student = args.includes('--student') ? [`to ${result.student}`] : [];
  const method = renamed[result.method] ?? result.method;
  return [method, ...student, ...(result.oracle ? ['with the true split'] : []), ...own, ...settings].join(', ');
}

/** Of the processor; runs of before it was measured have none. */
export function processorSeconds(runs) {
  return spread(runs.map(({ result }) => result.cpuSeconds))?.mean.toFixed(0) ?? '-';
}

/** Runs that differ in the seed alone, as one. */
export function bySeed(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = argumentsOf(run)
      .join(' ')
      .replace(/--seed \d+/, '--seed N');
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.entries()];
}

/** Fractions in percent: mean and deviation over seeds; a dash where there are none, as of closed images in a world without. */
export function shown(values, digits = 2) {
  const found = spread(values);
  return found === null ? '-' : spreadText(found, digits);
}
export const commits = (runs) => [...new Set(runs.map(({ commit }) => commit))].join(', ');
export const command = (key) => `\`${key.replace(/[{}]/g, '')}\``;

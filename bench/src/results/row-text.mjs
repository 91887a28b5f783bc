/** How docs/results.md writes numbers, and what it calls a row of runs.jsonl. */
export const percent = (value, digits = 2) =>
  value === null || value === undefined ? '-' : (value * 100).toFixed(digits);
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of a sample; null for one value. */
function deviation(values) {
  if (values.length < 2) return null;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/**
 * Those that a row was measured with, a method by its name of today (`renamed`), and settings that came later (`since`)
 * with what was then the only way.
 */
export const argumentsOf = ({ arguments: args, renamed = {}, since = [] }) => [
  ...args.map((text, index) => (args[index - 1] === '--method' ? (renamed[text] ?? text) : text)),
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
  const known = runs.map(({ result }) => result.cpuSeconds).filter((seconds) => seconds !== undefined);
  return known.length === 0 ? '-' : mean(known).toFixed(0);
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

export const shown = (values, digits = 2) => {
  const spread = deviation(values);
  return spread === null ? percent(values[0], digits) : `${percent(mean(values), digits)} ± ${percent(spread, digits)}`;
};
export const commits = (runs) => [...new Set(runs.map(({ commit }) => commit))].join(', ');
export const command = (key) => `\`${key.replace(/[{}]/g, '')}\``;

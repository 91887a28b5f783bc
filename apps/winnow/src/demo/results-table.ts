import { spread } from '@winnow/runs';

/** Result of one run; accuracy in 0..1. */
export interface DemoResult {
  readonly method: string;
  readonly seed: number;
  readonly accuracy: number;
}

/** Teacher and methods with mean and standard deviation over seeds, for a terminal and the README. */
export function resultsTable(results: readonly DemoResult[], teacherAccuracy: number): string[] {
  const methods = [...new Set(results.map(({ method }) => method))];
  const rows = methods.map((method) => {
    const values = results.filter((result) => result.method === method).map(({ accuracy }) => accuracy * 100);
    const { mean = 0, sd = null } = spread(values) ?? {};
    const deviation = sd === null ? '' : ` ± ${sd.toFixed(2)}`;
    return [method, `${mean.toFixed(2)} %${deviation}`, String(values.length)] as const;
  });
  const all = [
    ['method', 'test accuracy', 'seeds'],
    ['teacher', `${(teacherAccuracy * 100).toFixed(2)} %`, '-'],
    ...rows,
  ];
  return all.map(
    ([name = '', value = '', seeds = '']) => `${name.padEnd(10)}${value.padStart(18)}${seeds.padStart(8)}`,
  );
}

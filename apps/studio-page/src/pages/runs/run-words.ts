import type { StudioRun, StudioSpread } from '@winnow/contracts';
import { formatLeft } from '../../parts/durations';

const DASH = '–';

/** `82.3 ± .3`, in percent; a dash where nothing was measured. */
export function spreadText(spread: StudioSpread | null): string {
  if (spread === null) return DASH;
  const percent = (share: number): string => (100 * share).toFixed(1);
  return spread.sd === null
    ? percent(spread.mean)
    : `${percent(spread.mean)} ± ${percent(spread.sd).replace(/^0\./, '.')}`;
}

export function percentText(share: number | null, digits = 1): string {
  return share === null ? DASH : (100 * share).toFixed(digits);
}

/** What a run is doing. */
export function stateText({ isFinished, epochs, epochsDone, progress }: StudioRun): string {
  if (isFinished) return 'finished';
  if (progress === null) return `stopped at epoch ${epochsDone} of ${epochs}`;
  const left = progress.secondsLeft === null ? '' : `, ${formatLeft(progress.secondsLeft)} left`;
  return `epoch ${Math.min(epochsDone + 1, epochs)} of ${epochs}${left}`;
}

/** `winnow, seed 1`. */
export function runTitle({ method, seed }: Pick<StudioRun, 'method' | 'seed'>): string {
  return `${method}, seed ${seed}`;
}

/** Settings in which these differ, by name; each with the values in order. */
export function differingSettings(
  all: readonly Readonly<Record<string, string>>[],
): readonly { readonly name: string; readonly values: readonly (string | null)[] }[] {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))].sort();
  return names
    .map((name) => ({ name, values: all.map((settings) => settings[name] ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** `train.optimiser.name` as `optimiser name`. */
export function settingTitle(name: string): string {
  return name.replace(/^train\./, '').replaceAll('.', ' ');
}

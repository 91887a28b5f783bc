import { NOISE_KIND_NAMES, looksFor } from './looks-for';
import type { NoiseKind, StudioMeasure } from '@winnow/contracts';
import { useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { notify } from '../../parts/notices';
import { formatCount } from '../../parts/numbers';
import { write } from '../../server/client';
import { queryClient, useProject, useShown } from '../../server/project';
import styles from './measure.module.css';

const HALF_WIDTHS = [0.1, 0.06, 0.05, 0.03];
const SECONDS_A_LOOK = 2.5;

export interface PlanFormProps {
  readonly measure: StudioMeasure;
  /** It was made: there is something to look at. */
  readonly onMade: () => void;
}

/** How sure one wants to be; says what that costs before anything begins. */
export function PlanForm({ measure: { plan, kinds }, onMade }: PlanFormProps): React.JSX.Element {
  const { isReadOnly, person } = useProject();
  const { split } = useShown();
  const { search } = useAddress();
  const [halfWidth, setHalfWidth] = useState(nextNarrower(plan?.halfWidth));
  const [chosen, setChosen] = useState<readonly NoiseKind[]>(NOISE_KIND_NAMES);
  const [isBusy, setBusy] = useState(false);
  const looks = chosen.reduce((sum, kind) => {
    const known = kinds.find((one) => one.kind === kind);
    const whole = looksFor(known?.precision?.share ?? 0.8, halfWidth);
    return sum + Math.max(0, Math.min(whole, split?.counts[kind] ?? whole) - (known?.planned ?? 0));
  }, 0);
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      const body = { ...frameSearch(search), halfWidth, kinds: [...chosen], isBlind: true };
      await write('/api/measure/plan', body);
      await queryClient.invalidateQueries({ queryKey: ['decisions'] });
      onMade();
    } catch (error) {
      notify({ text: error instanceof Error ? error.message : String(error), isAlarm: true });
    } finally {
      setBusy(false);
    }
  };
  const refused = isReadOnly
    ? 'This studio was started with --read-only.'
    : person.role === 'reviewer'
      ? 'Plans are for owners.'
      : null;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <label>
        interval of each kind{' '}
        <select value={halfWidth} onChange={({ target }) => setHalfWidth(Number(target.value))}>
          {HALF_WIDTHS.map((width) => (
            <option key={width} value={width}>
              ±{Math.round(100 * width)} points
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend className="unseen">Kinds</legend>
        {NOISE_KIND_NAMES.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={chosen.includes(kind)}
              onChange={({ target }) =>
                setChosen(NOISE_KIND_NAMES.filter((one) => (one === kind ? target.checked : chosen.includes(one))))
              }
            />{' '}
            {kind}
          </label>
        ))}
      </fieldset>
      <p className={styles.cost} role="status">
        {looks === 0
          ? 'Nothing more to look at for that.'
          : `Some ${formatCount(looks)} looks, about ${Math.max(1, Math.round((looks * SECONDS_A_LOOK) / 60))} min`}
      </p>
      <button type="submit" disabled={isBusy || refused !== null || chosen.length === 0 || looks === 0}>
        {plan === null ? 'Make the plan and begin' : 'Add these looks'}
      </button>
      {refused === null ? null : <span className="soft">{refused}</span>}
    </form>
  );
}

function nextNarrower(before: number | undefined): number {
  if (before === undefined) return 0.06;
  return HALF_WIDTHS.find((width) => width < before - 1e-9) ?? (HALF_WIDTHS.at(-1) as number);
}

import type { StudioHandover } from '@winnow/contracts';
import type { AddressValues } from '../../address/use-address';
import { KindSign } from '../../parts/kind-sign';
import { formatCount, formatPercent } from '../../parts/numbers';
import { KINDS, LABELS } from './handover-address';
import type { HANDOVER, HandoverValues } from './handover-address';
import styles from './handover.module.css';

const LABEL_WORDS = {
  given: 'as collected',
  decided: 'what people decided, else as collected',
  refined: 'what people decided, else what the split says of closed ones',
} as const;

interface HandoverFormProps extends Pick<AddressValues<typeof HANDOVER>, 'change'> {
  readonly values: HandoverValues;
  readonly licenses: StudioHandover['licenses'];
}

/** What a cleaned data set is to hold. */
export function HandoverForm({ values, change, licenses }: HandoverFormProps): React.JSX.Element {
  const { kinds, labels, least, decided, size, holdout } = values;
  return (
    <form className={styles.form} aria-label="What it holds" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Kinds to keep</legend>
        {KINDS.map((kind) => (
          <label key={kind}>
            <input
              type="checkbox"
              checked={kinds.includes(kind)}
              disabled={kinds.length === 1 && kinds.includes(kind)}
              onChange={({ target }) =>
                change({ kinds: KINDS.filter((one) => (one === kind ? target.checked : kinds.includes(one))) })
              }
            />{' '}
            <KindSign kind={kind} /> {kind}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Labels</legend>
        {LABELS.map((one) => (
          <label key={one}>
            <input type="radio" name="labels" checked={labels === one} onChange={() => change({ labels: one })} /> {one}{' '}
            <span className="soft">{LABEL_WORDS[one]}</span>
          </label>
        ))}
      </fieldset>
      <label className={styles.row}>
        <span>Least probability of the kind</span>
        <span className={styles.slider}>
          <input
            type="range"
            min="0"
            max="0.95"
            step="0.05"
            value={least}
            aria-valuetext={least === 0 ? 'any' : formatPercent(least, 0)}
            onChange={({ target }) => change({ least: Number(target.value) }, { isTyping: true })}
          />
          <output>{least === 0 ? 'any' : formatPercent(least, 0)}</output>
        </span>
      </label>
      <label>
        <input type="checkbox" checked={decided} onChange={({ target }) => change({ decided: target.checked })} /> Only
        what people decided on
      </label>
      <Licenses values={values} change={change} licenses={licenses} />
      <SizeAndHoldout size={size} holdout={holdout} change={change} />
    </form>
  );
}

function Licenses({ values: { licenses: chosen }, change, licenses }: HandoverFormProps): React.JSX.Element {
  const names = [...new Set([...licenses.map(({ value }) => value), ...chosen])];
  return (
    <fieldset>
      <legend>
        Licences <span className="soft">{chosen.length === 0 ? 'any' : ''}</span>
      </legend>
      {names.map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={({ target }) =>
              change({ licenses: names.filter((one) => (one === name ? target.checked : chosen.includes(one))) })
            }
          />{' '}
          {licenseWord(name)}{' '}
          <span className="soft">{formatCount(licenses.find(({ value }) => value === name)?.count ?? 0)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function SizeAndHoldout({
  size,
  holdout,
  change,
}: Pick<HandoverValues, 'size' | 'holdout'> & Pick<HandoverFormProps, 'change'>): React.JSX.Element {
  return (
    <>
      <label className={styles.row}>
        <span>Side of the images, pixels</span>
        <input
          type="number"
          min="1"
          max="99999"
          placeholder="as the project says"
          value={size ?? ''}
          onChange={({ target }) => {
            const pixels = Number(target.value);
            change({ size: Number.isInteger(pixels) && pixels > 0 ? pixels : null }, { isTyping: true });
          }}
        />
      </label>
      <label className={styles.row}>
        <span>
          Stay clear of{' '}
          <span className="soft">a folder, tar or CSV of test images, from where the studio was started</span>
        </span>
        <input
          type="text"
          spellCheck={false}
          placeholder="none but those of the project"
          value={holdout}
          onChange={({ target }) => change({ holdout: target.value }, { isTyping: true })}
        />
      </label>
    </>
  );
}

/** A licence by its name in the index. */
export const licenseWord = (name: string): string => (name === 'unknown' ? 'not stated' : name);

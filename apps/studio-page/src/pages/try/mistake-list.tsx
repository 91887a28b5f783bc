import type { StudioMistake, StudioTry } from '@winnow/contracts';
import { CommandLine } from '../../parts/command-line';
import { formatPercent } from '../../parts/numbers';
import { PageSection } from '../../parts/page-body';
import { Picture } from '../../parts/picture';
import { useProject } from '../../server/project';
import styles from './try.module.css';

interface MistakeListProps {
  readonly run: StudioTry;
  readonly chosen: StudioMistake | null;
  readonly onChoose: (mistake: StudioMistake) => void;
}

/** Test images that it took for something else, the surest first. */
export function MistakeList({ run, chosen, onChoose }: MistakeListProps): React.JSX.Element {
  const { capability, file } = useProject();
  const { mistakes, mistakesMissing } = run;
  if (mistakesMissing !== null) {
    return (
      <PageSection title="Its surest mistakes">
        <p>{mistakesMissing}</p>
        <CommandLine command={`winnow evaluate ${file}`} />
      </PageSection>
    );
  }
  return (
    <PageSection title="Its surest mistakes" aside={<span className="soft">test images, at most 50</span>}>
      {mistakes.length === 0 ? <p className="soft">It recognised every test image.</p> : null}
      <ul className={styles.mistakes}>
        {mistakes.map((mistake) => (
          <li key={mistake.index}>
            <button type="button" aria-pressed={chosen?.index === mistake.index} onClick={() => onChoose(mistake)}>
              <Picture
                source={`/pic/${capability}/test/${mistake.index}`}
                alt=""
                loading="lazy"
                width={112}
                height={112}
              />
              <span>
                <bdi>{mistake.trueClass}</bdi> <span aria-hidden="true">→</span>
                <span className="unseen">taken for</span> <bdi>{mistake.predicted}</bdi>
              </span>
              <span className="soft">{formatPercent(mistake.share, 0)}</span>
            </button>
          </li>
        ))}
      </ul>
    </PageSection>
  );
}

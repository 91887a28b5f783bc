import { useEffect, useRef, useState } from 'react';
import { Picture } from '../../parts/picture';
import { useProject } from '../../server/project';
import styles from './crawl-page.module.css';

export interface LatestImagesProps {
  readonly latest: readonly string[];
  readonly isRunning: boolean;
}

/** What was stored last; new ones have a ring, nothing moves while it is held. */
export function LatestImages({ latest, isRunning }: LatestImagesProps): React.JSX.Element {
  const { capability } = useProject();
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const before = useRef<ReadonlySet<string>>(new Set(latest));
  const shown = held ?? latest;
  const known = before.current;
  useEffect(() => {
    before.current = new Set([...latest, ...[...before.current].slice(0, 500)]);
  }, [latest]);
  if (latest.length === 0) return <p className="soft">None yet.</p>;
  return (
    <>
      <ul className={styles.strip}>
        {shown.map((sha256) => (
          <li key={sha256} data-new={!known.has(sha256) || undefined}>
            <Picture
              source={`/pic/${capability}/stored/${sha256}`}
              alt=""
              loading="lazy"
              width={72}
              height={72}
              instead={<span className={styles.gone}>gone</span>}
            />
          </li>
        ))}
      </ul>
      {isRunning || held !== null ? (
        <p>
          <button type="button" aria-pressed={held !== null} onClick={() => setHeld(held === null ? latest : null)}>
            {held === null ? 'Hold' : 'Go on'}
          </button>
        </p>
      ) : null}
    </>
  );
}

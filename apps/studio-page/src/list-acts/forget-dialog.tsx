import { useQuery } from '@tanstack/react-query';
import { countOf } from '../parts/numbers';
import { Waiting } from '../parts/waiting';
import { read } from '../server/client';
import { StepDialog } from '../steps/step-button';
import styles from './list-acts.module.css';

/** What the server tells the holders of at once. */
export const MAX_FORGOTTEN = 100;

interface ForgetDialogProps {
  /** sha256, at least one. */
  readonly images: readonly string[];
  readonly onClose: () => void;
}

/** The command that forgets images, which data sets hold them, and a button that starts it. */
export function ForgetDialog({ images, onClose }: ForgetDialogProps): React.JSX.Element {
  const sha256 = images.join();
  const { data, error } = useQuery({
    queryKey: ['project', 'holders', sha256],
    queryFn: ({ signal }) => read('/api/holders', { search: { sha256 }, signal }),
  });
  const builds = data?.builds ?? [];
  return (
    <StepDialog
      step={{ step: 'forget', options: { what: images } }}
      says={`Removes ${countOf(images.length, 'image')} from the project: the originals, where they were found and what was decided of them. They are not fetched again.`}
      onClose={onClose}
    >
      {error === null ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? (
        <Waiting says="Looking for the data sets that hold them …" />
      ) : builds.length === 0 ? (
        <p>No data set holds any of them.</p>
      ) : (
        <>
          <p>Data sets stay as they are, and these hold some of them; the next build has none.</p>
          <ul className={styles.holders}>
            {builds.map((build) => (
              <li key={build.id}>
                <code>{build.id.slice(0, 8)}</code>: {countOf(build.images, 'image')}
              </li>
            ))}
          </ul>
        </>
      )}
    </StepDialog>
  );
}

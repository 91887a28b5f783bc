import { useQuery } from '@tanstack/react-query';
import { Waiting } from '../../parts/waiting';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { Picture } from '../../parts/picture';
import { read, WHILE_PASSING } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import styles from './image-panel.module.css';

/** Images of the same given class that look most like one: looked for as soon as they are asked for. */
export function NearestImages({ sha256 }: { readonly sha256: string }): React.JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const { search } = useAddress();
  const frame = frameSearch(search);
  const pictureOf = usePictureSource();
  const { data, error, failureReason } = useQuery({
    ...WHILE_PASSING,
    queryKey: ['alike', 'all', sha256, frame],
    queryFn: ({ signal }) => read('/api/alike/:sha256', { parts: { sha256 }, search: { ...frame, all: 1 }, signal }),
    enabled: isOpen,
  });
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Nearest</summary>
      {error !== null ? (
        <p role="alert">{error.message}</p>
      ) : data === undefined ? (
        <Waiting says="Looking …" reason={failureReason} />
      ) : (
        <>
          {data.missing === null ? null : (
            <p className="soft">
              They are known once <code>{data.missing}</code> has run.
            </p>
          )}
          <ul className={styles.nearest}>
            {data.images.map((image, index) => (
              <li key={image}>
                <Link to={`/pictures/${image}`} search={search as never} aria-label={`Nearest, ${index + 1}`}>
                  <Picture source={pictureOf(image, 'square')} alt="" width={56} height={56} />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

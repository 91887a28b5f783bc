import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { frameSearch, useAddress } from '../../address/use-address';
import { decide, localDecisions } from '../../decisions/decision-queue';
import { KeyCap } from '../../keys/key-cap';
import { useKeys } from '../../keys/use-keys';
import { notify } from '../../parts/notices';
import { countOf } from '../../parts/numbers';
import { Picture } from '../../parts/picture';
import { useSignal } from '../../parts/signal';
import { read, WHILE_PASSING } from '../../server/client';
import { usePictureSource } from '../../server/picture-source';
import { sayingWords } from '../images/tile-words';
import type { PastLook } from './last-looks';
import styles from './tray.module.css';

interface TrayProps {
  /** The last decision of this sitting. */
  readonly last: PastLook | undefined;
  /** These are decided, too. */
  readonly onSame: (images: readonly string[]) => void;
}

/** Undecided images like the one that was decided last: ticked ones are decided alike by `Shift+Enter`, in the same batch. */
export function Tray({ last, onSame }: TrayProps): React.JSX.Element {
  const about = last !== undefined && /^(?:class:|open$)/.test(last.says) ? last : undefined;
  const { missing, images } = useAlike(about?.sha256);
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set());
  const element = useRef<HTMLElement>(null);
  useEffect(() => setUnticked(new Set()), [about?.batch]);
  const ticked = images.filter((sha256) => !unticked.has(sha256));
  const same = (): void => {
    if (about === undefined || ticked.length === 0) return;
    decide(ticked, { says: about.says, origin: 'propagated', batch: about.batch });
    notify({
      text: `${countOf(ticked.length, 'image')} like it: ${sayingWords(about.says)}. U takes all of them back.`,
    });
    element.current?.focus();
    onSame(ticked);
  };
  const toggle = (sha256: string): void => {
    const next = new Set(unticked);
    if (!next.delete(sha256)) next.add(sha256);
    setUnticked(next);
  };
  const open = (): void => element.current?.querySelector<HTMLElement>('li button')?.focus();
  useKeys({
    title: 'Images like the last one',
    bindings: [
      { id: 'review.tray', keys: ['c'], says: 'to images like the last one', run: open },
      { id: 'review.same', keys: ['Shift+Enter'], says: 'the same for those that are ticked', run: same },
    ],
  });
  return (
    <section ref={element} className={styles.tray} aria-label="Images like the last one" tabIndex={-1}>
      {about === undefined || images.length === 0 ? (
        <Hint missing={about === undefined ? null : missing} isDecided={about !== undefined} />
      ) : (
        <>
          <p className={styles.words}>
            Like the last one ({images.length}) <KeyCap name="c" />
          </p>
          <ul>
            {images.map((sha256, index) => (
              <TrayImage
                key={sha256}
                sha256={sha256}
                words={`Like the last one, ${index + 1} of ${images.length}`}
                isTicked={!unticked.has(sha256)}
                onToggle={() => toggle(sha256)}
              />
            ))}
          </ul>
          <button type="button" onClick={same} disabled={ticked.length === 0}>
            <KeyCap name="Shift+Enter" /> The same: <bdi>{sayingWords(about.says)}</bdi> ({ticked.length})
          </button>
        </>
      )}
    </section>
  );
}

/** In one line, so that the image above stays where it is. */
function Hint({
  missing,
  isDecided,
}: {
  readonly missing: string | null;
  readonly isDecided: boolean;
}): React.JSX.Element {
  if (missing !== null) {
    return (
      <p className={styles.words}>
        Images like the last one come here once <code>{missing}</code> has run.
      </p>
    );
  }
  return (
    <p className={styles.words}>
      {isDecided
        ? 'No undecided image is much like the last one.'
        : 'Images like the one that you decided last come here.'}
    </p>
  );
}

interface TrayImageProps {
  readonly sha256: string;
  readonly words: string;
  readonly isTicked: boolean;
  readonly onToggle: () => void;
}

function TrayImage({ sha256, words, isTicked, onToggle }: TrayImageProps): React.JSX.Element {
  const pictureOf = usePictureSource();
  return (
    <li>
      <button type="button" aria-pressed={isTicked} aria-label={words} onClick={onToggle}>
        <Picture source={pictureOf(sha256, 'square')} alt="" width={48} height={48} />
      </button>
    </li>
  );
}

const NONE: readonly string[] = [];

/** Those that were decided here meanwhile are left out. */
function useAlike(sha256: string | undefined): { readonly missing: string | null; readonly images: readonly string[] } {
  const frame = frameSearch(useAddress().search);
  const local = useSignal(localDecisions);
  const { data } = useQuery({
    ...WHILE_PASSING,
    // Not of the topic of decisions: each would have it found anew.
    queryKey: ['alike', sha256, frame],
    queryFn: ({ signal }) => read('/api/alike/:sha256', { parts: { sha256: sha256 ?? '' }, search: frame, signal }),
    enabled: sha256 !== undefined,
  });
  return { missing: data?.missing ?? null, images: (data?.images ?? NONE).filter((image) => !local.has(image)) };
}

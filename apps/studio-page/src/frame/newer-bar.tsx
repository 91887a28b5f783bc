import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useAddress } from '../address/use-address';
import { KeyCap } from '../keys/key-cap';
import { useKeys } from '../keys/use-keys';
import { useProject, useShown } from '../server/project';
import styles from './newer-bar.module.css';

const SHORT = 8;

/** Where another data set or split came since: the page goes on with what it shows, and a key goes to the newest. */
export function NewerBar(): React.JSX.Element | null {
  useShownKept();
  const { builds, splits } = useProject();
  const { build, split, isNewest } = useShown();
  const { search } = useAddress();
  const navigate = useNavigate();
  const newestBuild = builds[0]?.id ?? '';
  const newestSplit = splits.find(({ buildId }) => buildId === newestBuild)?.id ?? '';
  const [atFirst] = useState(`${newestBuild} ${newestSplit}`);
  const show = (): void => {
    const { b: _b, s: _s, ...rest } = search;
    void navigate({ to: '.', search: rest as never });
  };
  useKeys(
    {
      title: 'Newest',
      isBottom: true,
      bindings: [{ id: 'frame.newest', keys: ['Shift+n'], says: 'show the newest', run: show, isEverywhere: true }],
    },
    !isNewest,
  );
  const isShown = !isNewest && build !== null && atFirst !== `${newestBuild} ${newestSplit}`;
  return (
    <div role="status">
      {isShown ? (
        <p className={styles.bar}>
          <span>
            {build.id === newestBuild ? (
              <>
                Split <code>{newestSplit.slice(0, SHORT)}</code> is newer than <code>{split?.id.slice(0, SHORT)}</code>.
              </>
            ) : (
              <>
                Data set <code>{newestBuild.slice(0, SHORT)}</code> is newer than{' '}
                <code>{build.id.slice(0, SHORT)}</code>.
              </>
            )}
          </span>
          <button type="button" onClick={show}>
            Show it <KeyCap name="Shift+n" />
          </button>
        </p>
      ) : null}
    </div>
  );
}

/** An address without data set and split means the newest: once that is another, it names the one that is shown. */
function useShownKept(): void {
  const { splits } = useProject();
  const { build, split } = useShown();
  const { search } = useAddress();
  const navigate = useNavigate();
  const asked = `${search['b'] ?? ''} ${search['s'] ?? ''}`;
  const shown = useRef({ asked, build, split });
  useEffect(() => {
    const before = shown.current;
    shown.current = { asked, build, split };
    const { id } = before.split ?? {};
    if (before.asked !== asked || id === split?.id || !splits.some((one) => one.id === id)) return;
    const kept = { b: before.build?.id.slice(0, SHORT), s: id?.slice(0, SHORT) };
    void navigate({ to: '.', search: { ...search, ...kept } as never, replace: true });
  }, [asked, build?.id, split?.id]);
}

import { Link, Outlet } from '@tanstack/react-router';
import { Suspense, useEffect, useRef, useState } from 'react';
import { frameSearch, useAddress } from '../address/use-address';
import { redo, undo } from '../decisions/decision-queue';
import type { KeyBinding } from '../keys/key-layers';
import { KeysOverlay } from '../keys/keys-overlay';
import { useKeys } from '../keys/use-keys';
import { PAGES } from '../pages';
import { Notices } from '../parts/notices';
import { useSignal } from '../parts/signal';
import { Waiting } from '../parts/waiting';
import { connection } from '../server/connection';
import { useProject } from '../server/project';
import { BuildMenus } from './build-menus';
import { ConnectionBar } from './connection-bar';
import styles from './frame.module.css';
import { NewerBar } from './newer-bar';
import { Locked } from './page-states';
import { Palette } from './palette';
import { StoredState } from './stored-state';

type Overlay = 'keys' | 'palette' | null;

/** Around every page: where one is, what is shown, whether all is stored; and the keys that work everywhere. */
export function Frame(): React.JSX.Element {
  const [overlay, setOverlay] = useState<Overlay>(null);
  useKeys({ title: 'Everywhere', isBottom: true, bindings: frameBindings(setOverlay) });
  const close = (): void => setOverlay(null);
  if (useSignal(connection) === 'locked') return <Locked />;
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <header className={styles.header}>
        <div className={styles.row}>
          <Navigation />
          <div className={styles.tools}>
            <button type="button" onClick={() => setOverlay('palette')}>
              Go to …
            </button>
            <button type="button" onClick={() => setOverlay('keys')} aria-label="Keys">
              ?
            </button>
          </div>
        </div>
        <div className={styles.shown}>
          <BuildMenus />
          <StoredState />
        </div>
      </header>
      <ConnectionBar />
      <NewerBar />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Suspense fallback={<Waiting isPage />}>
          <Outlet />
        </Suspense>
      </main>
      <Notices />
      {overlay === 'keys' ? <KeysOverlay onClose={close} /> : null}
      {overlay === 'palette' ? <Palette onClose={close} /> : null}
    </div>
  );
}

function frameBindings(show: (overlay: Overlay) => void): readonly KeyBinding[] {
  const bind = (id: string, keys: readonly string[], says: string, run: () => void): KeyBinding => ({
    id,
    keys,
    says,
    run,
    isEverywhere: true,
  });
  return [
    bind('frame.find', ['/'], 'find', () => document.querySelector<HTMLElement>('[data-find]')?.focus()),
    bind('frame.palette', ['Ctrl+k'], 'go to a page, class or act', () => show('palette')),
    bind('frame.undo', ['u', 'Ctrl+z'], 'undo the last decision', () => undo()),
    bind('frame.redo', ['Shift+u', 'Ctrl+Shift+z'], 'decide it again', () => redo()),
    bind('frame.keys', ['?'], 'these keys', () => show('keys')),
  ];
}

function Navigation(): React.JSX.Element {
  const { name } = useProject();
  const { path, search } = useAddress();
  const element = useRef<HTMLElement>(null);
  // On a narrow screen the pages are a row that can be moved.
  useEffect(() => {
    element.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [path]);
  return (
    <nav ref={element} className={styles.nav} aria-label="Pages">
      <span className={styles.name}>
        <span className={styles.mark} aria-hidden="true">
          winnow
        </span>
        <bdi>{name}</bdi>
      </span>
      <ul>
        {PAGES.filter(({ isHidden }) => isHidden !== true).map((page) => (
          <li key={page.path}>
            <Link
              to={page.path}
              search={frameSearch(search) as never}
              aria-current={isWithin(path, page.path) ? 'page' : undefined}
            >
              {page.title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isWithin(path: string, page: string): boolean {
  const root = page.split('/$')[0] ?? page;
  return path === root || (root !== '/' && path.startsWith(`${root}/`));
}

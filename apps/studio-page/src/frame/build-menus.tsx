import type { StudioBuild, StudioSplit } from '@winnow/contracts';
import { useNavigate } from '@tanstack/react-router';
import { useAddress } from '../address/use-address';
import { formatCount } from '../parts/numbers';
import { useProject, useShown } from '../server/project';
import styles from './build-menus.module.css';

const SHORT = 8;

/** Which data set and split is shown: part of the address, and absent from it while it is the newest. */
export function BuildMenus(): React.JSX.Element | null {
  const { builds, splits } = useProject();
  const { build, split, isNewest } = useShown();
  const { search } = useAddress();
  const navigate = useNavigate();
  if (build === null) return null;
  const ofBuild = splits.filter(({ buildId }) => buildId === build.id);
  const go = (b: string | undefined, s: string | undefined): void => {
    const { b: _b, s: _s, ...rest } = search;
    const next = { ...rest, ...(b === undefined ? {} : { b }), ...(s === undefined ? {} : { s }) };
    void navigate({ to: '.', search: next as never });
  };
  const buildAddress = (id: string): string | undefined => (id === builds[0]?.id ? undefined : id.slice(0, SHORT));
  const splitAddress = (id: string): string | undefined => (id === ofBuild[0]?.id ? undefined : id.slice(0, SHORT));
  return (
    <div className={styles.menus}>
      <label>
        <span>data set</span>{' '}
        <select value={build.id} onChange={({ target }) => go(buildAddress(target.value), undefined)}>
          {builds.map((one) => (
            <option key={one.id} value={one.id}>
              {buildTitle(one)}
            </option>
          ))}
        </select>
      </label>
      {split === null ? (
        <span>no split yet</span>
      ) : (
        <label>
          <span>split</span>{' '}
          <select value={split.id} onChange={({ target }) => go(buildAddress(build.id), splitAddress(target.value))}>
            {ofBuild.map((one) => (
              <option key={one.id} value={one.id}>
                {splitTitle(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      {isNewest ? null : (
        <button type="button" onClick={() => go(undefined, undefined)}>
          Show the newest
        </button>
      )}
    </div>
  );
}

const buildTitle = ({ id, sampleCount }: StudioBuild): string => `${id.slice(0, 6)} · ${formatCount(sampleCount)}`;
const splitTitle = ({ id, method }: StudioSplit): string => `${method} ${id.slice(0, 6)}`;

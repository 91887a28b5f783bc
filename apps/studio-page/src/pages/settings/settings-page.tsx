import { useSignal } from '../../parts/signal';
import type { Preferences } from '../../parts/preferences';
import { changePreferences, preferences } from '../../parts/preferences';
import { PageBody, PageSection } from '../../parts/page-body';
import { useProject } from '../../server/project';
import { useSteps } from '../../steps/use-steps';
import { KeyTable } from './key-table';
import styles from './settings-page.module.css';

const THEMES: readonly (readonly [Preferences['theme'], string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** What this browser remembers of its person, and who and what the studio is. */
export default function SettingsPage(): React.JSX.Element {
  return (
    <PageBody title="Settings" name="Settings" lead="They are kept in this browser, and say nothing of the project.">
      <Looks />
      <Keys />
      <Facts />
    </PageBody>
  );
}

function Looks(): React.JSX.Element {
  const { theme: chosen, tilePixels } = useSignal(preferences);
  return (
    <>
      <PageSection title="Colours">
        <div role="radiogroup" aria-label="Colours" className={styles.row}>
          {THEMES.map(([theme, words]) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={chosen === theme}
                onChange={() => changePreferences({ theme })}
              />{' '}
              {words}
            </label>
          ))}
        </div>
        <p className="soft">Motion: what the system asks for. The studio moves nothing but what you scroll.</p>
      </PageSection>
      <PageSection title="Size of images">
        <label className={styles.row}>
          <input
            type="range"
            min={64}
            max={256}
            step={16}
            value={tilePixels}
            aria-valuetext={`${tilePixels} pixels`}
            onChange={({ target }) => changePreferences({ tilePixels: Number(target.value) })}
          />
          <span>{tilePixels} pixels in lists and sheets</span>
        </label>
      </PageSection>
    </>
  );
}

function Keys(): React.JSX.Element {
  const { hasSingleKeys } = useSignal(preferences);
  return (
    <PageSection title="Keys">
      <label className={styles.row}>
        <input
          type="checkbox"
          checked={hasSingleKeys}
          onChange={({ target }) => changePreferences({ hasSingleKeys: target.checked })}
        />
        Letters and digits are keys
      </label>
      <p className="soft">
        Turned off, letters do nothing by themselves: for people who speak to their computer, or touch keys by accident.
        Buttons, arrows and Ctrl go on working.
      </p>
      <KeyTable />
    </PageSection>
  );
}

function Facts(): React.JSX.Element {
  const { person, file, name } = useProject();
  const refused = useSteps()?.refused ?? null;
  return (
    <PageSection title="Who and where">
      <dl className={styles.facts}>
        <div>
          <dt>You are</dt>
          <dd>
            <bdi>{person.name}</bdi>,{' '}
            {person.role === 'owner' ? 'owner: may do everything' : 'reviewer: decides of images'}
          </dd>
        </div>
        <div>
          <dt>Project</dt>
          <dd>
            <bdi>{name}</bdi> <code>{file}</code>
          </dd>
        </div>
        <div>
          <dt>Steps</dt>
          <dd>
            {refused ??
              'This studio may start crawl, engines check, forget, build, split, embed, train, compare, evaluate, export, report and verify; each says its command first. It never writes the project file.'}
          </dd>
        </div>
        <div>
          <dt>Another link</dt>
          <dd>
            <code>winnow studio {file} --link</code>
          </dd>
        </div>
      </dl>
    </PageSection>
  );
}

import { useState } from 'react';
import { KeyCap } from '../../keys/key-cap';
import { keyName } from '../../keys/key-layers';
import { changePreferences, preferences } from '../../parts/preferences';
import { ScrollTable } from '../../parts/scroll-table';
import { useSignal } from '../../parts/signal';
import styles from './settings-page.module.css';

/** Keys of review that a person may want elsewhere on the keyboard, by id of the act. */
const ACTS: readonly (readonly [string, string, string])[] = [
  ['review.agree', 'agree with the split', 'Space'],
  ['decide.given', 'the given class is right', 'g'],
  ['decide.open', 'none of the classes', 'o'],
  ['review.likely-1', 'likeliest class', 'a'],
  ['review.likely-2', 'second likeliest', 's'],
  ['review.likely-3', 'third likeliest', 'd'],
  ['review.find', 'find a class', 'f'],
  ['decide.unsure', 'unsure', 'v'],
  ['decide.leave-out', 'leave out of the next builds', 'b'],
  ['review.note', 'note', 'n'],
  ['review.tray', 'to images like the last one', 'c'],
  ['review.skip', 'skip', 'ArrowRight'],
  ['review.back', 'back', 'ArrowLeft'],
  ['frame.undo', 'undo', 'u'],
  ['sheet.mark', 'mark as an exception', 'x'],
];

/** Each act with its key; pressed anew after *Change*. */
export function KeyTable(): React.JSX.Element {
  const { keys } = useSignal(preferences);
  const [asking, setAsking] = useState<string | null>(null);
  const set = (id: string, key: string | null): void => {
    const { [id]: _old, ...others } = preferences.get().keys;
    changePreferences({ keys: key === null ? others : { ...others, [id]: key } });
    setAsking(null);
  };
  const used = new Map(ACTS.map(([id, says, usual]) => [keys[id] ?? usual, says]));
  return (
    <div className={styles.keys}>
      <ScrollTable caption="Keys of review">
        <thead>
          <tr>
            <th scope="col">Act</th>
            <th scope="col">Key</th>
            <th scope="col">
              <span className="unseen">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {ACTS.map(([id, says, usual]) => (
            <tr key={id}>
              <th scope="row">{says}</th>
              <td>
                <KeyCap name={keys[id] ?? usual} />
              </td>
              <td>
                {asking === id ? (
                  <input
                    type="text"
                    readOnly
                    autoFocus
                    className={styles.ask}
                    aria-label={`Press the key for: ${says}`}
                    value="Press a key, Esc: leave"
                    onBlur={() => setAsking(null)}
                    onKeyDown={(event) => {
                      if (['Shift', 'Control', 'Alt', 'Meta', 'Tab'].includes(event.key)) return;
                      event.preventDefault();
                      event.stopPropagation();
                      const name = keyName(event.nativeEvent);
                      if (name === 'Escape') setAsking(null);
                      else if (!used.has(name)) set(id, name);
                    }}
                  />
                ) : (
                  <span className={styles.row}>
                    <button type="button" onClick={() => setAsking(id)}>
                      Change<span className="unseen"> the key of: {says}</span>
                    </button>
                    {keys[id] === undefined ? null : (
                      <button type="button" onClick={() => set(id, null)}>
                        As usual
                      </button>
                    )}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
    </div>
  );
}

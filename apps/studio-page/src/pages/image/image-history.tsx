import type { DecisionLine, ImageDetail } from '@winnow/contracts';
import { useState } from 'react';
import { decide, localDecisions, undo } from '../../decisions/decision-queue';
import { NoteDialog } from '../../decisions/note-dialog';
import { KeyCap } from '../../keys/key-cap';
import { useKeys } from '../../keys/use-keys';
import { notify } from '../../parts/notices';
import { useSignal } from '../../parts/signal';
import { useProject } from '../../server/project';
import { sayingWords } from '../images/tile-words';
import styles from './image-panel.module.css';

/** What people said of an image, each line with a way to take it back, and a note to one's own decision. */
export function ImageHistory({ image }: { readonly image: ImageDetail }): React.JSX.Element {
  const { person } = useProject();
  const { history, sha256 } = image;
  const [isNoting, setNoting] = useState(false);
  const local = useSignal(localDecisions).get(sha256);
  const own = history.find((line) => line.person === person.name && !line.isUndone);
  const says = local?.says ?? own?.says ?? 'cleared';
  const note = (): void => {
    if (says === 'cleared') notify({ text: 'A note belongs to a decision: decide of the image first.' });
    else setNoting(true);
  };
  useKeys({
    title: 'The open image',
    bindings: [{ id: 'image.note', keys: ['n'], says: 'note to my decision', run: note }],
  });
  return (
    <>
      <details open={history.length > 0}>
        <summary>History ({history.length})</summary>
        <ol className={styles.listings}>
          {history.map((line) => (
            <HistoryLine key={line.id} line={line} isOwn={line.person === person.name} />
          ))}
        </ol>
      </details>
      <p>
        <button type="button" onClick={note} aria-haspopup="dialog">
          Note … <KeyCap name="n" />
        </button>
      </p>
      {isNoting ? (
        <NoteDialog
          note={own?.note ?? ''}
          says={`It is stored with your decision: ${sayingWords(says)}.`}
          onSave={(text) => void decide([sha256], { says, origin: 'one', ...(text !== '' && { note: text }) })}
          onClose={() => setNoting(false)}
        />
      ) : null}
    </>
  );
}

/** Only what one said oneself can be taken back. */
function HistoryLine({ line, isOwn }: { readonly line: DecisionLine; readonly isOwn: boolean }): React.JSX.Element {
  const { person, says, at, batch, isUndone, isClassGone, note } = line;
  return (
    <li data-undone={isUndone || undefined}>
      <span>
        <bdi>{person}</bdi>: <b>{sayingWords(says)}</b>
      </span>
      {note === undefined ? null : (
        <span className={styles.note}>
          <bdi>{note}</bdi>
        </span>
      )}
      <span className={styles.small}>
        <time dateTime={at}>{new Date(at).toLocaleString()}</time>
        {isClassGone === true ? ' · class gone' : ''}
        {isUndone ? ' · taken back' : null}
        {isUndone || !isOwn ? null : (
          <button type="button" onClick={() => undo(batch)}>
            Undo<span className="unseen">: {sayingWords(says)}</span>
          </button>
        )}
      </span>
    </li>
  );
}

import { Dialog } from '../keys/dialog';
import styles from './note-dialog.module.css';

const MAX_LENGTH = 2000;

interface NoteDialogProps {
  readonly note: string;
  /** What becomes of it, in a sentence. */
  readonly says: string;
  readonly onSave: (note: string) => void;
  readonly onClose: () => void;
}

/** A few words that are stored with a decision. */
export function NoteDialog({ note, says, onSave, onClose }: NoteDialogProps): React.JSX.Element {
  return (
    <Dialog title="Note" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSave(String(new FormData(event.currentTarget).get('note') ?? '').trim());
          onClose();
        }}
      >
        <textarea
          name="note"
          rows={3}
          maxLength={MAX_LENGTH}
          defaultValue={note}
          aria-label="Note"
          data-focus-first=""
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <p className="soft">{says}</p>
        <button type="submit">Keep it</button>
      </form>
    </Dialog>
  );
}

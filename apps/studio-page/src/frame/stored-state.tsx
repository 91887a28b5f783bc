import { useState } from 'react';
import { waiting } from '../decisions/decision-queue';
import { Dialog } from '../keys/dialog';
import { countOf } from '../parts/numbers';
import { useSignal } from '../parts/signal';
import { connection } from '../server/connection';
import styles from './stored-state.module.css';

/** Always there: whether everything that was decided here is in the database. */
export function StoredState(): React.JSX.Element {
  const items = useSignal(waiting);
  const isThere = useSignal(connection) === 'there';
  const [isOpen, setOpen] = useState(false);
  const isStored = items.length === 0;
  return (
    <>
      <button
        type="button"
        className={isStored ? styles.stored : styles.waits}
        onClick={() => setOpen(true)}
        aria-haspopup="dialog"
      >
        <span role="status">{isStored ? 'all stored ✓' : `${items.length} not stored yet`}</span>
      </button>
      {isOpen ? (
        <Dialog
          title={isStored ? 'All is stored' : countOf(items.length, 'decision waits', 'decisions wait')}
          onClose={() => setOpen(false)}
        >
          <p>
            {isStored
              ? 'Every decision of this browser is in the database of the project.'
              : `They are kept in this browser and sent until the studio says that they are stored${isThere ? '' : '; at present it does not answer'}. Closing the tab loses none: they are sent when the studio is opened here again.`}
          </p>
        </Dialog>
      ) : null}
    </>
  );
}

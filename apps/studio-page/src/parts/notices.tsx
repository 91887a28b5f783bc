import styles from './notices.module.css';
import { createSignal, useSignal } from './signal';

interface Notice {
  readonly text: string;
  readonly isAlarm?: boolean;
  /** Offered as a button beside the text. */
  readonly act?: { readonly title: string; run(): void };
}

const SHOWN_MILLIS = 6000;
const notices = createSignal<readonly Notice[]>([]);

/** Said once, and read out: it needs no answer. */
export function notify(notice: Notice): void {
  notices.set([...notices.get().slice(-2), notice]);
  setTimeout(() => notices.set(notices.get().filter((other) => other !== notice)), SHOWN_MILLIS);
}

function take(notice: Notice): void {
  notices.set(notices.get().filter((other) => other !== notice));
  notice.act?.run();
}

export function Notices(): React.JSX.Element {
  const shown = useSignal(notices);
  return (
    <div className={styles.notices} role="status" aria-live="polite">
      {shown.map((notice, index) => (
        <p key={index} className={notice.isAlarm ? styles.alarm : styles.notice}>
          <bdi>{notice.text}</bdi>
          {notice.act === undefined ? null : (
            <button type="button" onClick={() => take(notice)}>
              {notice.act.title}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}

import { useEffect, useRef } from 'react';
import styles from './dialog.module.css';
import type { KeyBinding } from './key-layers';
import { useKeys } from './use-keys';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
  readonly bindings?: readonly KeyBinding[];
  /** Drawn without its title line; readers still hear it. */
  readonly isBare?: boolean;
  /** For tables. */
  readonly isWide?: boolean;
}

const NO_BINDINGS: readonly KeyBinding[] = [];

/** A modal layer: while it is open no key reaches the page below, and the focus returns to where it was. */
export function Dialog({
  title,
  onClose,
  children,
  bindings = NO_BINDINGS,
  isBare = false,
  isWide = false,
}: DialogProps): React.JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    // `autoFocus` comes before the dialog is open, when nothing in it can have the focus.
    element.current?.querySelector<HTMLElement>('[data-focus-first]')?.focus();
    return () => {
      // A dialog that is taken out of the page while it is open gives nothing back.
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);
  const close: KeyBinding = { id: 'dialog.close', keys: ['Escape'], says: 'close', run: onClose };
  useKeys({ title, isModal: true, bindings: [...bindings, close] });
  return (
    <dialog
      ref={element}
      className={styles.dialog}
      aria-label={title}
      data-stage=""
      data-wide={isWide || undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={({ target, currentTarget }) => {
        if (target === currentTarget) onClose();
      }}
    >
      <div className={styles.body}>
        {isBare ? null : (
          <div className={styles.head}>
            <h2>{title}</h2>
            <button type="button" onClick={onClose} aria-label="Close">
              ✕
            </button>
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}

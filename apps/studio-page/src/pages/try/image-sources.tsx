import { useEffect, useRef, useState } from 'react';
import { Camera } from './camera';
import styles from './try.module.css';

interface ImageSourcesProps {
  readonly onImage: (file: Blob, name: string) => void;
  /** What happens to the image, where that is more than being looked at here. */
  readonly warning: string | null;
}

/** Ways in for an image: dropped anywhere on the page, pasted, chosen, taken. */
export function ImageSources({ onImage, warning }: ImageSourcesProps): React.JSX.Element {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const [isCameraOpen, setIsCameraOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    setRefusal(file === undefined ? 'That was no file: links are not followed. Save the image, then drop it.' : null);
    if (file !== undefined) onImage(file, file.name);
  };
  useDropAndPaste(take, setIsOver);
  return (
    <div className={styles.sources} data-over={isOver || undefined}>
      <p>Drop an image anywhere on this page, or paste one (Ctrl+V).</p>
      <div className={styles.buttons}>
        <button type="button" onClick={() => input.current?.click()}>
          Choose a file …
        </button>
        <button type="button" onClick={() => setIsCameraOpen(true)}>
          Camera …
        </button>
        <input
          ref={input}
          className="unseen"
          type="file"
          accept="image/*"
          aria-label="Image file"
          tabIndex={-1}
          onChange={({ target }) => {
            take(target.files);
            // The same file may be chosen again.
            target.value = '';
          }}
        />
      </div>
      <p className={styles.note}>{warning ?? 'It stays in this browser: no byte of it is sent.'}</p>
      {refusal === null ? null : <p role="alert">{refusal}</p>}
      {isCameraOpen ? (
        <Camera
          onClose={() => setIsCameraOpen(false)}
          onImage={(file) => {
            setIsCameraOpen(false);
            onImage(file, 'from the camera');
          }}
        />
      ) : null}
    </div>
  );
}

function useDropAndPaste(
  take: (files: FileList | null | undefined) => void,
  setIsOver: (isOver: boolean) => void,
): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(true);
    };
    addEventListener('dragover', over, { signal });
    addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && setIsOver(false), { signal });
    addEventListener(
      'drop',
      (event) => {
        // Without this the browser would leave the page for the file.
        event.preventDefault();
        setIsOver(false);
        latest.current(event.dataTransfer?.files);
      },
      { signal },
    );
    addEventListener(
      'paste',
      ({ clipboardData }) => {
        const hasFiles = (clipboardData?.files.length ?? 0) > 0;
        if (hasFiles) latest.current(clipboardData?.files);
      },
      { signal },
    );
    return () => ending.abort();
  }, [setIsOver]);
}

import { useRef, useState } from 'react';
import styles from './scrubber.module.css';

interface ScrubberProps {
  /** 0 to 1 of the whole way. */
  readonly share: number;
  /** Of the view, of everything: 0 to 1. */
  readonly extent: number;
  /** What the list is at there: `41,203 · doubt .43`. */
  readonly words: string;
  readonly onShare: (share: number) => void;
}

const STEP = 0.01;

/** The scroll bar of a grid: it says what the list is sorted by at the place where it stands. */
export function Scrubber({ share, extent, words, onShare }: ScrubberProps): React.JSX.Element {
  const track = useRef<HTMLDivElement>(null);
  const [isHeld, setHeld] = useState(false);
  const thumb = Math.max(extent, 0.04);
  const follow = ({ clientY }: React.PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined) return;
    const room = box.height * (1 - thumb);
    onShare(Math.min(1, Math.max(0, (clientY - box.top - (box.height * thumb) / 2) / Math.max(room, 1))));
  };
  const byKey = (event: React.KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: share + STEP,
      ArrowUp: share - STEP,
      PageDown: share + STEP * 10,
      PageUp: share - STEP * 10,
      Home: 0,
      End: 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onShare(Math.min(1, Math.max(0, next)));
  };
  return (
    <div
      ref={track}
      className={styles.track}
      role="slider"
      tabIndex={0}
      aria-label="Place in the list"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={words}
      onKeyDown={byKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setHeld(true);
        follow(event);
      }}
      onPointerMove={(event) => {
        if (isHeld) follow(event);
      }}
      onPointerUp={() => setHeld(false)}
      onPointerCancel={() => setHeld(false)}
    >
      <div
        className={styles.thumb}
        style={{ height: `${thumb * 100}%`, top: `${share * (1 - thumb) * 100}%` }}
        data-held={isHeld || undefined}
      >
        <span className={styles.words}>{words}</span>
      </div>
    </div>
  );
}

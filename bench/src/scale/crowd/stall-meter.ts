const TICK_MILLIS = 5;

export interface StallMeter {
  /** How long what is handled now may have waited for this process, at most. */
  waitedMillis(): number;
  /** The longest that this process has kept anything waiting. */
  worstMillis(): number;
  stop(): void;
}

/** Watches how far the event loop is behind: a busy server sees requests later than they came. */
export function startStallMeter(nowMillis: () => number): StallMeter {
  let last = nowMillis();
  // Timers come before requests, so after a stall the last tick is new already, and only its gap tells.
  let lastGap = 0;
  let worst = 0;
  const behind = (gap: number): number => Math.max(0, gap - TICK_MILLIS);
  const timer = setInterval(() => {
    const now = nowMillis();
    lastGap = now - last;
    last = now;
    worst = Math.max(worst, behind(lastGap));
  }, TICK_MILLIS);
  timer.unref();
  return {
    waitedMillis: () => behind(Math.max(lastGap, nowMillis() - last)),
    worstMillis: () => worst,
    stop: () => clearInterval(timer),
  };
}

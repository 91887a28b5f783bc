'use strict';
/** In a page of the studio, before its own scripts: keeps what the browser shows and how long that takes, as `watched`. */
(() => {
  const kept = { firstPageMillis: 0, frames: [], longTasks: [], presses: [], stored: [], shown: {} };
  const isDrawn = ({ complete, naturalWidth }) => complete && naturalWidth > 0;
  let frame = 0;
  /** Has a page drawn sixty times a second that would be at rest, so that what is painted waits for its turn: only where that is measured. */
  const watchFrames = () => {
    let last = 0;
    const follow = (at) => {
      if (last > 0) kept.frames.push(at - last);
      last = at;
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
  };
  const watchFirstPage = () => {
    if ([...document.images].filter(isDrawn).length >= 60) kept.firstPageMillis = performance.now();
    else frame = requestAnimationFrame(watchFirstPage);
  };
  frame = requestAnimationFrame(watchFirstPage);
  new PerformanceObserver((list) => kept.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  const beforeAllElse = (call) => void scheduler.postTask(call, { priority: 'user-blocking' });
  /** Calls behind the next frame. */
  const whenPainted = (call) => requestAnimationFrame(() => beforeAllElse(call));
  let scriptMillis = 0;
  addEventListener(
    'keydown',
    ({ timeStamp: pressedAt }) => {
      const heardAt = performance.now();
      // Behind the page's own listeners, and what they have React do at once.
      addEventListener('keydown', () => void (scriptMillis = performance.now() - heardAt), { once: true });
      requestAnimationFrame((turnAt) => {
        const drawnFrom = performance.now();
        beforeAllElse(() => {
          const paintedAt = performance.now();
          const workMillis = scriptMillis + paintedAt - drawnFrom;
          kept.presses.push({ paintMillis: paintedAt - pressedAt, turnMillis: turnAt - pressedAt, workMillis });
        });
      });
    },
    { capture: true },
  );
  /** Keeps when a decision was answered for, and when the mark of its tile was painted, by a clock that tabs share. */
  const watchDecisions = () => {
    const send = globalThis.fetch;
    globalThis.fetch = async (address, init) => {
      const answer = await send(address, init);
      if (init?.method === 'POST' && address === '/api/decisions' && answer.ok) {
        kept.stored.push(...JSON.parse(init.body).decisions.map(() => Date.now()));
      }
      return answer;
    };
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        if (target.dataset.mark !== '') whenPainted(() => (kept.shown[target.id] ??= Date.now()));
      }
    }).observe(document, { subtree: true, attributeFilter: ['data-mark'] });
  };
  globalThis.watched = {
    read: () => kept,
    watchFrames,
    watchDecisions,
    rest: () => cancelAnimationFrame(frame),
    forget() {
      for (const values of [kept.frames, kept.longTasks, kept.presses]) values.length = 0;
    },
    /** Whether every tile of the grid shows its image. */
    isFilled() {
      const tiles = [...document.querySelectorAll('[role=gridcell] img')];
      return tiles.length > 0 && tiles.every(isDrawn);
    },
    countElements: () => document.querySelectorAll('*').length,
    /** Presses a key so often, once a frame: faster than a browser can be told from outside. */
    async press(key, times) {
      for (let press = 0; press < times; press += 1) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        await new Promise(requestAnimationFrame);
      }
    },
    /** Of the tile that has the focus of the grid. */
    place() {
      const cell = document.querySelector('[role=grid]')?.getAttribute('aria-activedescendant');
      return Number((cell ?? '0').replace('tile-', ''));
    },
  };
})();

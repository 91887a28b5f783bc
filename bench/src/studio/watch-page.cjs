'use strict';
/** In a page of the studio, before its own scripts: keeps what the browser shows and how long that takes, as `watched`. */
(() => {
  const kept = { firstPageMillis: 0, frames: [], longTasks: [], paints: [], handlers: [], stored: [], shown: {} };
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
  const observe = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, durationThreshold: 16 });
  observe('longtask', ({ duration }) => kept.longTasks.push(duration));
  observe('event', ({ name, processingStart, processingEnd }) => {
    if (name === 'keydown') kept.handlers.push(processingEnd - processingStart);
  });
  /** Calls behind the next frame. */
  const whenPainted = (call) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = call;
      port2.postMessage(0);
    });
  // Of the frame that a press of a key leads to: from the press to what is painted.
  addEventListener('keydown', ({ timeStamp }) => whenPainted(() => kept.paints.push(performance.now() - timeStamp)), {
    capture: true,
  });
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
      for (const values of [kept.frames, kept.longTasks, kept.paints, kept.handlers]) values.length = 0;
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

import type { GridLayout, GridMove } from './grid-geometry';
import {
  firstIndex,
  isCompressed,
  layoutGrid,
  moveInGrid,
  rowsInView,
  scrollOfTop,
  topOfScroll,
  topToShow,
} from './grid-geometry';
import { DrawnRows } from './drawn-rows';
import styles from './grid.module.css';
import type { TileFace } from './tile-element';

const GAP = 4;
/** On the way faster than so many views in a second, and tiles stay grey until the grid rests. */
const FAST_VIEWS = 4;
const REST_MILLIS = 90;

/** What the grid asks of the page. */
export interface GridHost {
  face(index: number, isGrey: boolean): TileFace;
  /** Tiles from here to there are seen. */
  onView(from: number, end: number): void;
  onActive(index: number): void;
  onOpen(index: number): void;
  /** A click with Ctrl or on the tile of the focus toggles, one with Shift takes all from the focus on. */
  onSelect(index: number, isRange: boolean): void;
}

/**
 * A grid of any number of tiles over a few hundred elements. Where the view begins (`top`) is kept as a number and rows are
 * drawn relative to it, so that no element is higher than a browser can draw; the scroll bar is a picture of it.
 */
export class GridView {
  readonly #scroller: HTMLElement;
  readonly #sizer = document.createElement('div');
  readonly #stage = document.createElement('div');
  readonly #host: GridHost;
  readonly #rows = new DrawnRows(this.#stage);
  readonly #observer: ResizeObserver;
  #layout: GridLayout = layoutGrid({ width: 0, height: 0, tilePixels: 112, gap: GAP, total: 0 });
  #top = 0;
  #active = 0;
  #frame = 0;
  /** Tiles that are drawn already may show something else now; while only the place changes, none does. */
  #isStale = true;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #lastMove = { at: 0, top: 0, isFast: false };
  /** What this code gave the scroll bar last: an event for it is no act of the person. */
  #scrollSet = 0;

  constructor(scroller: HTMLElement, host: GridHost) {
    this.#scroller = scroller;
    this.#host = host;
    this.#sizer.className = styles.sizer ?? '';
    this.#stage.className = styles.stage ?? '';
    for (const element of [this.#sizer, this.#stage]) element.setAttribute('role', 'presentation');
    this.#sizer.append(this.#stage);
    scroller.append(this.#sizer);
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
    scroller.addEventListener('wheel', this.#onWheel, { passive: false });
    scroller.addEventListener('click', this.#onClick);
    scroller.addEventListener('dblclick', this.#onDoubleClick);
    this.#observer = new ResizeObserver(() => this.#resize({}));
    this.#observer.observe(scroller);
  }

  get layout(): GridLayout {
    return this.#layout;
  }

  get top(): number {
    return this.#top;
  }

  close(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#restTimer);
    this.#scroller.removeEventListener('scroll', this.#onScroll);
    this.#scroller.removeEventListener('wheel', this.#onWheel);
    this.#scroller.removeEventListener('click', this.#onClick);
    this.#scroller.removeEventListener('dblclick', this.#onDoubleClick);
    this.#rows.clear();
    this.#sizer.remove();
  }

  /** Number or size of the tiles changed. */
  resize(changes: { readonly total?: number; readonly tilePixels?: number }): void {
    const { total, tilePixels } = this.#layout;
    if ((changes.total ?? total) !== total || (changes.tilePixels ?? tilePixels) !== tilePixels) this.#resize(changes);
  }

  #resize(changes: { readonly total?: number; readonly tilePixels?: number }): void {
    const before = this.#layout;
    const { clientWidth: width, clientHeight: height } = this.#scroller;
    const { tilePixels, total } = { ...before, ...changes };
    // What was at the upper left stays there, in whichever row it is now.
    const anchor = firstIndex(before, this.#top);
    this.#layout = layoutGrid({ width, height, tilePixels, gap: GAP, total });
    this.#active = Math.min(this.#active, Math.max(0, total - 1));
    this.#sizer.style.height = `${this.#layout.scrollHeight}px`;
    this.#stage.style.height = `${Math.min(height, this.#layout.scrollHeight)}px`;
    this.#stage.style.setProperty('--side', `${this.#layout.side}px`);
    this.#rows.clear();
    const { columns, rowHeight, maxTop } = this.#layout;
    const top = before.columns === columns ? this.#top : Math.floor(anchor / columns) * rowHeight;
    this.#setTop(Math.min(top, maxTop));
    // At once: before the next frame the focus of the grid would be on a tile that is not there.
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** Faces changed. */
  redraw(): void {
    this.#isStale = true;
    this.#schedule();
  }

  /** Images came: only rows that lack some are drawn again. */
  showImages(): void {
    this.#rows.redrawIncomplete();
    this.#schedule();
  }

  #schedule(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** @param share 0 to 1 of the whole way */
  goToShare(share: number): void {
    this.#setTop(share * this.#layout.maxTop);
  }

  /** The tile gets the focus of the grid and is seen. */
  activate(index: number): void {
    this.#active = index;
    this.#isStale = true;
    this.#setTop(topToShow(this.#layout, index, this.#top));
    this.#host.onActive(index);
  }

  move(move: GridMove): number {
    this.activate(moveInGrid(this.#layout, this.#active, move));
    return this.#active;
  }

  #setTop(top: number): void {
    this.#top = Math.min(Math.max(0, top), this.#layout.maxTop);
    this.#scrollSet = Math.round(scrollOfTop(this.#layout, this.#top));
    this.#scroller.scrollTop = this.#scrollSet;
    this.#noteMove();
    this.#schedule();
  }

  readonly #onScroll = (): void => {
    const { scrollTop } = this.#scroller;
    if (Math.abs(scrollTop - this.#scrollSet) < 2) return;
    this.#scrollSet = scrollTop;
    this.#top = topOfScroll(this.#layout, scrollTop);
    this.#noteMove();
    // Within the frame of the event: what is drawn never lags behind the bar.
    this.#draw();
  };

  /** Where a pixel of the bar is many of the rows, the wheel still moves by its own pixels. */
  readonly #onWheel = (event: WheelEvent): void => {
    if (!isCompressed(this.#layout) || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = [1, this.#layout.rowHeight, this.#layout.height][event.deltaMode] ?? 1;
    this.#setTop(this.#top + event.deltaY * unit);
  };

  #noteMove(): void {
    const at = performance.now();
    const views = Math.abs(this.#top - this.#lastMove.top) / Math.max(this.#layout.height, 1);
    const passed = at - this.#lastMove.at;
    // A jump from rest leads to where somebody wants to look: its tiles are asked for at once.
    const isFast = passed < REST_MILLIS && views / Math.max(passed, 16) > FAST_VIEWS / 1000 && views > 0.5;
    this.#lastMove = { at, top: this.#top, isFast };
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#rest(), REST_MILLIS);
  }

  #rest(): void {
    if (!this.#lastMove.isFast) return;
    this.#lastMove = { ...this.#lastMove, isFast: false };
    this.redraw();
  }

  #draw(): void {
    const layout = this.#layout;
    const { first, end } = rowsInView(layout, this.#top);
    this.#rows.keep({ first, end }, layout);
    const { isFast } = this.#lastMove;
    if (!isFast) this.#host.onView(first * layout.columns, Math.min(layout.total, end * layout.columns));
    for (let row = first; row < end; row += 1) this.#drawRow(row, isFast);
    this.#isStale = false;
    const isDrawn = this.#rows.has(Math.floor(this.#active / layout.columns));
    this.#scroller.toggleAttribute('data-has-active', isDrawn);
    if (isDrawn && layout.total > 0) this.#scroller.setAttribute('aria-activedescendant', tileId(this.#active));
    else this.#scroller.removeAttribute('aria-activedescendant');
  }

  #drawRow(row: number, isFast: boolean): void {
    const { columns, rowHeight } = this.#layout;
    const drawn = this.#rows.at(row, this.#layout);
    const { isDrawn, isGrey: wasGrey } = drawn;
    drawn.isDrawn = true;
    drawn.isGrey = isFast && (wasGrey || !isDrawn);
    const { isGrey } = drawn;
    drawn.element.style.transform = `translateY(${Math.round(row * rowHeight - this.#top)}px)`;
    if (isDrawn && !this.#isStale && wasGrey === isGrey) return;
    drawn.tiles.forEach((tile, column) => {
      const index = row * columns + column;
      const face = this.#host.face(index, isGrey);
      tile.draw(tileId(index), column, { ...face, isActive: index === this.#active });
    });
  }

  #indexOf(target: EventTarget | null): number | undefined {
    const cell = target instanceof Element ? target.closest('[role=gridcell]') : null;
    return cell === null ? undefined : Number(cell.id.slice(TILE.length));
  }

  readonly #onClick = (event: MouseEvent): void => {
    const index = this.#indexOf(event.target);
    if (index === undefined) return;
    const isRange = event.shiftKey;
    if (isRange || event.ctrlKey || event.metaKey) this.#host.onSelect(index, isRange);
    this.activate(index);
  };

  readonly #onDoubleClick = (event: MouseEvent): void => {
    const index = this.#indexOf(event.target);
    if (index !== undefined) this.#host.onOpen(index);
  };
}

const TILE = 'tile-';
const tileId = (index: number): string => `${TILE}${index}`;

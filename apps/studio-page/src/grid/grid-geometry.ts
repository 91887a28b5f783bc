/** Browsers draw boxes up to some 17 million pixels of the screen; three of those may be one of ours. */
export const MAX_SCROLL_PIXELS = 5_000_000;
const OVERSCAN_ROWS = 1;

interface GridShape {
  /** Of the view, in CSS pixels, without the scroll bar. */
  readonly width: number;
  readonly height: number;
  /** Wanted width of a tile; they are stretched until the row is full. */
  readonly tilePixels: number;
  readonly gap: number;
  /** Tiles. */
  readonly total: number;
}

/** All rows have one height, so that where a tile is follows from its index alone. Lengths in CSS pixels. */
export interface GridLayout extends GridShape {
  readonly columns: number;
  readonly rows: number;
  /** Width and height of a tile. */
  readonly side: number;
  /** From the top of one row to that of the next. */
  readonly rowHeight: number;
  /** Where the view may begin at most. */
  readonly maxTop: number;
  /** Height of what is scrolled: that of all rows, or less where it would be too high for a browser. */
  readonly scrollHeight: number;
}

export function layoutGrid(shape: GridShape): GridLayout {
  const { width, height, tilePixels, gap, total } = shape;
  const columns = Math.max(1, Math.floor((width + gap) / (tilePixels + gap)));
  const side = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  const rows = Math.ceil(total / columns);
  const rowHeight = side + gap;
  const contentHeight = Math.max(0, rows * rowHeight - gap);
  const maxTop = Math.max(0, contentHeight - height);
  const scrollHeight = Math.min(contentHeight, Math.max(MAX_SCROLL_PIXELS, height));
  return { ...shape, columns, rows, side, rowHeight, maxTop, scrollHeight };
}

/** Whether a pixel of the scroll bar is more than a pixel of the rows. */
export function isCompressed({ maxTop, scrollHeight, height }: GridLayout): boolean {
  return maxTop > scrollHeight - height;
}

/** Where the view begins for a position of the scroll bar. */
export function topOfScroll(layout: GridLayout, scrollTop: number): number {
  const maxScroll = layout.scrollHeight - layout.height;
  return maxScroll <= 0 ? 0 : clamp((scrollTop / maxScroll) * layout.maxTop, layout.maxTop);
}

/** The other way round. */
export function scrollOfTop(layout: GridLayout, top: number): number {
  const maxScroll = Math.max(0, layout.scrollHeight - layout.height);
  return layout.maxTop === 0 ? 0 : clamp((top / layout.maxTop) * maxScroll, maxScroll);
}

/** Rows to draw, the last one not included: what is seen, and a row on each side. */
export function rowsInView(layout: GridLayout, top: number): { readonly first: number; readonly end: number } {
  const first = Math.max(0, Math.floor(top / layout.rowHeight) - OVERSCAN_ROWS);
  const end = Math.min(layout.rows, Math.ceil((top + layout.height) / layout.rowHeight) + OVERSCAN_ROWS);
  return { first, end: Math.max(first, end) };
}

/** The nearest place of the view in which the tile is seen whole. */
export function topToShow(layout: GridLayout, index: number, top: number): number {
  const rowTop = Math.floor(index / layout.columns) * layout.rowHeight;
  const lowest = rowTop + layout.side - layout.height;
  return clamp(Math.min(Math.max(top, lowest), rowTop), layout.maxTop);
}

/** The tile at the upper left of the view. */
export function firstIndex(layout: GridLayout, top: number): number {
  return Math.min(Math.ceil((top - layout.gap) / layout.rowHeight) * layout.columns, Math.max(0, layout.total - 1));
}

export type GridMove =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'row-start'
  | 'row-end'
  | 'start'
  | 'end'
  | 'page-up'
  | 'page-down';

/** The tile that a move from a tile leads to. */
export function moveInGrid(layout: GridLayout, index: number, move: GridMove): number {
  const { columns, total, height, rowHeight } = layout;
  const last = Math.max(0, total - 1);
  const rowStart = index - (index % columns);
  const page = Math.max(1, Math.floor(height / rowHeight)) * columns;
  // Up and down stay in their column, or where they are.
  const vertical = (step: number): number => {
    if (step > 0) {
      const lastRow = last - (last % columns);
      return index >= lastRow ? index : Math.min(index + step, lastRow + (index % columns), last);
    }
    return index + step >= 0 ? index + step : index % columns;
  };
  const moves: Readonly<Record<GridMove, () => number>> = {
    left: () => Math.max(0, index - 1),
    right: () => Math.min(last, index + 1),
    up: () => vertical(-columns),
    down: () => vertical(columns),
    'row-start': () => rowStart,
    'row-end': () => Math.min(last, rowStart + columns - 1),
    start: () => 0,
    end: () => last,
    'page-up': () => vertical(-page),
    'page-down': () => vertical(page),
  };
  return moves[move]();
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}

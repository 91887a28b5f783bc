import type { GridLayout } from './grid-geometry';
import styles from './grid.module.css';
import { TileElement } from './tile-element';

/** A row of a grid that is in the page. */
export interface DrawnRow {
  readonly element: HTMLElement;
  readonly tiles: readonly TileElement[];
  /** Its tiles show what is theirs. */
  isDrawn: boolean;
  /** Drawn while the grid ran past: its images are asked for when it rests. */
  isGrey: boolean;
}

/** The rows of a grid that are in the page, by number, in order for readers; elements of those that left are used again. */
export class DrawnRows {
  readonly #stage: HTMLElement;
  readonly #rows = new Map<number, DrawnRow>();
  readonly #spare: TileElement[] = [];

  constructor(stage: HTMLElement) {
    this.#stage = stage;
  }

  has(row: number): boolean {
    return this.#rows.has(row);
  }

  /** A row, put into the page where it is not there yet. */
  at(row: number, layout: GridLayout): DrawnRow {
    const known = this.#rows.get(row);
    if (known !== undefined) return known;
    const element = document.createElement('div');
    element.className = styles.row ?? '';
    element.setAttribute('role', 'row');
    element.ariaRowIndex = String(row + 1);
    element.style.gridTemplateColumns = `repeat(${layout.columns}, ${layout.side}px)`;
    element.style.height = `${layout.side}px`;
    const tiles = Array.from({ length: countTiles(layout, row) }, () => this.#spare.pop() ?? new TileElement());
    element.append(...tiles.map(({ cell }) => cell));
    const drawn: DrawnRow = { element, tiles, isDrawn: false, isGrey: true };
    this.#rows.set(row, drawn);
    const later = [...this.#rows.keys()].filter((other) => other > row);
    const next = later.length === 0 ? undefined : this.#rows.get(Math.min(...later));
    this.#stage.insertBefore(element, next?.element ?? null);
    return drawn;
  }

  /** Leaves rows from the first on, that at the end not included. */
  keep({ first, end }: { readonly first: number; readonly end: number }, layout: GridLayout): void {
    const rows = [...this.#rows].sort(([a], [b]) => a - b);
    const isSeen = (row: number): boolean => row >= first && row < end;
    const isJump = !rows.some(([row]) => isSeen(row));
    if (isJump) this.#rows.clear();
    rows.forEach(([row, drawn], at) => {
      const next = first + at;
      if (isJump && isSeen(next) && drawn.tiles.length === countTiles(layout, next)) {
        // Taken out of the page and put in again, all of them would be laid out again.
        drawn.element.ariaRowIndex = String(next + 1);
        drawn.isDrawn = false;
        this.#rows.set(next, drawn);
      } else if (!isSeen(row)) this.#drop(row, drawn);
    });
  }

  /** Has rows whose tiles have not all their image drawn again. */
  redrawIncomplete(): void {
    for (const drawn of this.#rows.values()) drawn.isDrawn &&= drawn.tiles.every(({ hasImage }) => hasImage);
  }

  clear(): void {
    for (const [row, drawn] of this.#rows) this.#drop(row, drawn);
  }

  #drop(row: number, { element, tiles }: DrawnRow): void {
    for (const tile of tiles) {
      tile.clear();
      this.#spare.push(tile);
    }
    element.remove();
    this.#rows.delete(row);
  }
}

function countTiles({ columns, total }: GridLayout, row: number): number {
  return Math.min(columns, total - row * columns);
}

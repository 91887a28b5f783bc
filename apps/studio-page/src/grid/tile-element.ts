import type { ImageTile, NoiseKind } from '@winnow/contracts';
import styles from './grid.module.css';

/** Letter and shape of a kind: colour says it a third time, never alone. */
export const KIND_SIGNS: Readonly<Record<NoiseKind, { readonly letter: string; readonly shape: string }>> = {
  clean: { letter: 'c', shape: '✓' },
  closed: { letter: 'x', shape: '⇄' },
  open: { letter: 'o', shape: '○' },
};

/** What a tile shows. */
export interface TileFace {
  readonly tile: ImageTile | undefined;
  /** Of its bytes; null while the grid runs past. */
  readonly source: string | null;
  /** For those who do not see it: `cat, closed, likely dog, not decided`. */
  readonly words: string;
  readonly mark: 'decided' | 'unsure' | 'disputed' | null;
  /** In place of an image: why there is none. */
  readonly note: string;
  readonly isSelected: boolean;
  readonly isActive: boolean;
}

/** One cell of the grid, used again for another tile when its own has left the view. */
export class TileElement {
  readonly cell = document.createElement('div');
  readonly #image = document.createElement('img');
  readonly #kind = document.createElement('span');
  readonly #note = document.createElement('span');
  #source: string | null = null;

  constructor() {
    this.cell.className = styles.tile ?? '';
    this.cell.setAttribute('role', 'gridcell');
    this.#image.decoding = 'async';
    this.#image.draggable = false;
    this.#kind.className = styles.kind ?? '';
    this.#kind.setAttribute('aria-hidden', 'true');
    this.#note.className = styles.note ?? '';
    this.#image.addEventListener('error', () => this.#fail());
    this.cell.append(this.#image, this.#kind, this.#note);
  }

  draw(id: string, column: number, face: TileFace): void {
    const { cell } = this;
    cell.id = id;
    cell.ariaColIndex = String(column + 1);
    cell.ariaSelected = String(face.isSelected);
    cell.dataset.kind = face.tile?.kind ?? '';
    cell.dataset.mark = face.mark ?? '';
    cell.toggleAttribute('data-active', face.isActive);
    this.#image.alt = face.words;
    const sign = face.tile === undefined || face.tile.kind === null ? null : KIND_SIGNS[face.tile.kind];
    this.#kind.textContent = sign === null ? '' : `${sign.letter} ${sign.shape}`;
    this.#show(face.source);
    if (face.note !== '') this.#note.textContent = face.note;
  }

  /** No longer seen: what is still on its way is not needed. */
  clear(): void {
    this.cell.remove();
    this.#show(null);
  }

  #show(source: string | null): void {
    if (source === this.#source) return;
    this.#source = source;
    this.#note.textContent = '';
    if (source === null) this.#image.removeAttribute('src');
    else this.#image.src = source;
  }

  #fail(): void {
    if (this.#source === null) return;
    this.#image.removeAttribute('src');
    this.#note.textContent = 'no image';
  }
}

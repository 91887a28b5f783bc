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
  #drawn:
    | (Omit<TileFace, 'tile'> & { readonly kind: NoiseKind | null; readonly id: string; readonly column: number })
    | undefined;

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

  get hasImage(): boolean {
    return this.#source !== null;
  }

  /** Writes what differs from what is drawn: the same text again would be laid out again. */
  draw(id: string, column: number, { tile, ...face }: TileFace): void {
    const { cell } = this;
    const [before, next] = [this.#drawn, { ...face, kind: tile?.kind ?? null, id, column }];
    const isNew = (name: keyof typeof next): boolean => before?.[name] !== next[name];
    this.#drawn = next;
    if (isNew('id')) cell.id = id;
    if (isNew('column')) cell.ariaColIndex = String(column + 1);
    if (isNew('isSelected')) cell.ariaSelected = String(face.isSelected);
    if (isNew('mark')) cell.dataset.mark = face.mark ?? '';
    if (isNew('isActive')) cell.toggleAttribute('data-active', face.isActive);
    if (isNew('words')) this.#image.alt = face.words;
    if (isNew('kind')) {
      cell.dataset.kind = next.kind ?? '';
      this.#kind.textContent =
        next.kind === null ? '' : `${KIND_SIGNS[next.kind].letter} ${KIND_SIGNS[next.kind].shape}`;
    }
    this.#show(face.source);
    if (isNew('note')) this.#note.textContent = face.note;
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

import { stat } from 'node:fs/promises';
import { layoutFile, readLayout } from '@winnow/columns';
import type { ImageLayout } from '@winnow/columns';

/** A file as it was when it was read. */
interface Known {
  readonly stamp: string;
  readonly layout: ImageLayout | null;
}

/** How `winnow embed --layout` laid data sets out, also while the studio runs: a file is read again where it is another one. */
export class StoredLayouts {
  readonly #state: string;
  readonly #known = new Map<string, Known>();

  /** @param state the project's folder of what can be made again */
  constructor(state: string) {
    this.#state = state;
  }

  /** @returns the same object while it is the same file; null where there is none, or a damaged one, or of another number of images */
  async read({ id, sampleCount }: { readonly id: string; readonly sampleCount: number }): Promise<ImageLayout | null> {
    const file = layoutFile(this.#state, id);
    const stamp = await stat(file).then(
      ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
      () => null,
    );
    if (stamp === null) return null;
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.layout;
    const found = await readLayout(file, id);
    const layout = found?.count === sampleCount ? found : null;
    this.#known.set(id, { stamp, layout });
    return layout;
  }
}

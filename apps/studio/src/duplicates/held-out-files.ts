import { createHash } from 'node:crypto';
import path from 'node:path';
import { heldOutId, heldOutSources } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { listLabelledFiles } from '@winnow/shards';
import type { LabelledFile } from '@winnow/shards';
import { KeptForAWhile } from '../images/kept-for-a-while';

/** A test image as it is now. */
export interface HeldOutFile {
  readonly className: string;
  /** As it lies there: hostile. */
  readonly bytes: Buffer;
  /** Of its bytes, hex. */
  readonly sha256: string;
}

/** The images that no data set of a project may hold, by the ids that a build gives them. */
export class HeldOutFiles {
  readonly #files: KeptForAWhile<ReadonlyMap<string, LabelledFile>>;

  constructor(config: ProjectConfig, now: () => Date) {
    this.#files = new KeptForAWhile(() => listAll(config), now);
  }

  /** Null where there is no such image, or it cannot be read. */
  async read(id: string): Promise<HeldOutFile | null> {
    try {
      const file = (await this.#files.get()).get(id);
      if (file === undefined) return null;
      const bytes = Buffer.from(await file.read());
      return { className: file.className, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    } catch {
      return null;
    }
  }
}

async function listAll(config: ProjectConfig): Promise<ReadonlyMap<string, LabelledFile>> {
  const sources = heldOutSources(config);
  const files = new Map<string, LabelledFile>();
  for (const source of sources) {
    for (const file of await listLabelledFiles(path.resolve(config.paths.root, source.location))) {
      files.set(heldOutId(sources, source, file.key), file);
    }
  }
  return files;
}

import { createHash } from 'node:crypto';
import path from 'node:path';
import { heldOutSources } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { listLabelledFiles } from '@winnow/shards';
import type { LabelledFile } from '@winnow/shards';

/** A test image as it is now. */
export interface HeldOutFile {
  readonly className: string;
  /** As it lies there: hostile. */
  readonly bytes: Buffer;
  /** Of its bytes, hex. */
  readonly sha256: string;
}

/** Folders of test images change when a person changes them. */
const LIST_MILLIS = 30_000;

interface HeldOutList {
  readonly files: ReadonlyMap<string, LabelledFile>;
  readonly readAt: number;
}

/** The images that no data set of a project may hold, by the ids that a build gives them. */
export class HeldOutFiles {
  readonly #config: ProjectConfig;
  readonly #now: () => Date;
  #list: Promise<HeldOutList> | undefined;

  constructor(config: ProjectConfig, now: () => Date) {
    this.#config = config;
    this.#now = now;
  }

  /** Null where there is no such image, or it cannot be read. */
  async read(id: string): Promise<HeldOutFile | null> {
    try {
      const file = (await this.#read()).files.get(id);
      if (file === undefined) return null;
      const bytes = Buffer.from(await file.read());
      return { className: file.className, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    } catch {
      return null;
    }
  }

  async #read(): Promise<HeldOutList> {
    const now = this.#now().getTime();
    const known = await this.#list?.catch(() => undefined);
    if (known !== undefined && now - known.readAt < LIST_MILLIS) return known;
    this.#list = this.#listAll().then((files) => ({ files, readAt: now }));
    return this.#list;
  }

  /** Where there are several sources, ids begin with the label of theirs. */
  async #listAll(): Promise<ReadonlyMap<string, LabelledFile>> {
    const sources = heldOutSources(this.#config);
    const files = new Map<string, LabelledFile>();
    for (const { label, location } of sources) {
      for (const file of await listLabelledFiles(path.resolve(this.#config.paths.root, location))) {
        files.set(sources.length === 1 ? file.key : `${label}:${file.key}`, file);
      }
    }
    return files;
  }
}

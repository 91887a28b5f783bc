import { z } from 'zod';
import { OUTCOMES } from '../outcome';

/** What can be imported, as `--as` names it. */
export const SOURCE_KINDS = ['folder', 'table', 'img2dataset', 'webdataset', 'world'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

const classNames = z.array(z.string()).readonly().nullable();

/** How a source is to be read. */
const sourceOptionsSchema = z.object({
  kind: z.enum(SOURCE_KINDS).optional(),
  name: z.string().optional(),
  /** Columns, where the usual names do not tell. */
  classColumn: z.string().optional(),
  pathColumn: z.string().optional(),
  urlColumn: z.string().optional(),
  /** Folder in which the paths of a table start, absolute; default: that of the table. */
  root: z.string().optional(),
  /** Class names by number, as the person states them; null where they do not. */
  classes: classNames,
  /** Of the project, by number too, where neither person nor source states any; null where it is yet to be written. */
  projectClasses: classNames,
  /** Largest file that is read. */
  maxBytes: z.int().min(0),
});

export type SourceOptions = Readonly<z.infer<typeof sourceOptionsSchema>>;

/** What the last import of a source came to, as far as the database does not hold it: a file of `.winnow/imports`. */
export const importRecordSchema = z.object({
  project: z.string(),
  /** Name of the source, as in the provenance of its images. */
  source: z.string(),
  /** `folder`, `table` and so on. */
  kind: z.string(),
  /** Items that could not be used, by outcome. */
  refused: z.partialRecord(z.enum(OUTCOMES), z.int().min(0)),
  /**
   * Where the source was, absolute, and how it was read: to read it again where an original is lost. Counts stay where
   * this cannot be understood.
   */
  origin: z.object({ path: z.string(), options: sourceOptionsSchema }).readonly().optional().catch(undefined),
});

export type ImportRecord = Readonly<z.infer<typeof importRecordSchema>>;

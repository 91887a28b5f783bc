import type {
  DuplicateMeasure,
  EpochMetrics,
  NoiseKind,
  Outcome,
  Provenance,
  RunSummary,
  SplitSummary,
} from '@winnow/contracts';
import type { KindHistogram } from '../html/charts';

/** Everything that the report shows. A part that does not exist yet is null or empty. */
export interface ReportData {
  readonly project: string;
  readonly classes: readonly string[];
  /** ISO date or time at which the data was collected. */
  readonly date: string;
  /** Compute engine and device, as in `native, 2 cores`. */
  readonly engine: string | null;
  /** Different images of the newest data set; null before there is one. */
  readonly images: number | null;
  /** What was searched for; null where nothing was. */
  readonly harvest: HarvestReport | null;
  /** What a person brought; null where nothing was imported. */
  readonly imports: ImportReport | null;
  readonly duplicates: DuplicateReport | null;
  readonly split: SplitReport | null;
  readonly sheets: readonly ContactSheet[];
  readonly teacher: TeacherReport | null;
  readonly runs: readonly RunReport[];
  readonly reproduce: ReproduceReport;
}

/** What was found, and what became of it. */
export interface HarvestReport {
  readonly total: FunnelCounts;
  /** Image URLs by what became of them. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly byClass: readonly FunnelRow[];
  readonly byEngine: readonly FunnelRow[];
}

/** What was imported, and what became of it. In its counts, `hits` are what the sources held, `fetched` what was taken in. */
export interface ImportReport {
  readonly sources: readonly ImportedSource[];
  /** Some were rows that name URLs, for a crawl to fetch. */
  readonly hasUrls: boolean;
  readonly total: FunnelCounts;
  /** Files of the sources by what became of them; of rows that name URLs, what came of fetching these. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly byClass: readonly FunnelRow[];
  readonly bySource: readonly FunnelRow[];
}

export interface ImportedSource {
  readonly name: string;
  /** `folder`, `table` and so on; null where the import was not remembered. */
  readonly kind: string | null;
}

/** Counts of images at each step; the last three are null before the split. */
export interface FunnelCounts {
  /** Results listed by the search engines. */
  readonly hits: number;
  /** Image URLs asked for. */
  readonly fetched: number;
  /** Files that are readable images. */
  readonly stored: number;
  /** Images left after removing copies. */
  readonly unique: number;
  readonly clean: number | null;
  readonly closed: number | null;
  readonly open: number | null;
}

export interface FunnelRow extends FunnelCounts {
  readonly name: string;
  /** A remark for the reader, such as that an engine blocked the crawler. */
  readonly note?: string;
}

export interface DuplicateReport {
  /** Same address, file or pixels. */
  readonly exact: number;
  /** Perceptual match. */
  readonly near: number;
  /** Images of the test set that were found on the web and left out; null without a test set. */
  readonly leaks: number | null;
  /** Clusters with copies under more than one class. */
  readonly conflicts: number | null;
  /** Where the true clusters are known. */
  readonly measure: DuplicateMeasure | null;
  /** Examples for the reader. */
  readonly clusters: readonly DuplicateCluster[];
}

export interface DuplicateCluster {
  readonly kind: 'exact' | 'near';
  /** Copies in the cluster, the kept one included; may be more than are shown. */
  readonly copies: number;
  /** The kept image first. */
  readonly images: readonly ReportImage[];
}

/** A thumbnail with where it was found. All text comes from the web and is not trusted. */
export interface ReportImage extends Pick<
  Provenance,
  'title' | 'pageUrl' | 'license' | 'licenseUrl' | 'creator' | 'engine'
> {
  /** Unique per image. */
  readonly key: string;
  readonly mime: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly bytes: Uint8Array;
  /** Class under which it was found. */
  readonly given: string;
  /** Class that the split gave it; null where that is open, or before the split. */
  readonly refined: string | null;
}

/** What one split found. */
type SplitLine = Omit<SplitSummary, 'conflicts'>;

export interface SplitReport extends SplitLine {
  readonly byClass: readonly (Readonly<Record<NoiseKind, number>> & { readonly name: string })[];
  readonly histogram: KindHistogram | null;
  /** Every split of the data set, this one too, newest first. */
  readonly all: readonly SplitLine[];
}

export interface ContactSheet {
  readonly kind: NoiseKind;
  /** Images of that kind, of which some are shown. */
  readonly total: number;
  readonly images: readonly ReportImage[];
}

export interface TeacherReport {
  readonly model: string;
  readonly parameters: number | null;
  /** On the test set, 0..1. */
  readonly accuracy: number | null;
}

export interface RunReport {
  readonly name: string;
  readonly summary: RunSummary;
  readonly metrics: readonly EpochMetrics[];
  /** All that it was made with but the seed, as text; null where it was not recorded. */
  readonly settings: string | null;
}

export interface ReproduceReport {
  /** Whole command lines, in order. */
  readonly commands: readonly string[];
  /** What went in, by name: builds, teacher, configuration. */
  readonly digests: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

import { IMPORT_ENGINE, WinnowError } from '@winnow/contracts';
import type { SourceKind, SourceOptions } from '@winnow/contracts';
import { classLevel } from './class-folders';
import { ClassNamer, itemClass, namesOf } from './class-namer';
import { collectClasses } from './collect-classes';
import type { ImportSource, ReadImage, Refusal, SourceItem } from './import-source';
import { noImage } from './read-samples';
import { factsOf, findLabel, labelOf } from './sample-label';
import type { LabelIndex, Sidecar } from './sample-label';

/** An image with what lies beside it. */
export interface SeriesSample extends Sidecar {
  readonly location: string;
  readonly read: () => Promise<ReadImage>;
  /** Why there is no image, where there is none. */
  readonly refusal?: Refusal;
}

export interface SampleSeries {
  readonly kind: SourceKind;
  readonly source: string;
  readonly name: string;
  readonly what: string;
  /** In order, each time anew. @param images whether images are to be read */
  readonly samples: (images: boolean) => AsyncIterable<SeriesSample>;
}

/** Captions that say anything are no classes. */
const MAX_CAPTION_CLASSES = 1000;

/**
 * A source whose images have files beside them that state class and origin: WebDataset tars, output of img2dataset.
 * @throws WinnowError FORMAT_INVALID where no class is stated
 */
export async function sampleSeries(series: SampleSeries, options: SourceOptions): Promise<ImportSource> {
  const { kind, source, name, what, samples } = series;
  const label = options.classColumn === undefined ? await detectLabel(series) : { field: options.classColumn };
  const newNamer = (): ClassNamer => new ClassNamer(options.classes ?? options.projectClasses, source);
  const most = label === 'txt' ? { most: MAX_CAPTION_CLASSES } : {};
  return {
    kind,
    engine: IMPORT_ENGINE,
    name,
    notes: [`${what}: class from ${describe(label)}.`],
    classes: () =>
      collectClasses(namesOf(labels(samples(false), label), newNamer()), {
        where: source,
        stated: options.classes,
        ...most,
      }),
    async *items(): AsyncGenerator<SourceItem> {
      const namer = newNamer();
      let rank = 0;
      for await (const sample of samples(true)) {
        const { location, read, refusal } = sample;
        const stated = namer.name(labelOf(sample, label));
        // Only images are counted: ranks stay as they are, whatever lies between them.
        if (refusal === undefined) rank += 1;
        const facts = factsOf(sample);
        // Where a sidecar states classes, a key without an image is one that lacks it.
        const mayBeNoImage = refusal === noImage && typeof label === 'object' && 'folderLevel' in label;
        yield {
          location,
          rank,
          facts,
          read,
          ...itemClass(stated),
          ...(refusal === undefined ? {} : { refusal, mayBeNoImage }),
        };
      }
      namer.finish();
    },
  };
}

async function detectLabel({ samples, source }: SampleSeries): Promise<LabelIndex> {
  const folders = new Map<string, readonly string[]>();
  for await (const sample of samples(false)) {
    const found = sample.texts.size === 0 ? undefined : findLabel(sample);
    if (found !== undefined) return found;
    if (sample.folders !== undefined) folders.set(sample.folders.join('/'), sample.folders);
  }
  const folderLevel = classLevel(folders.values(), source);
  if (folderLevel !== undefined) return { folderLevel };
  throw new WinnowError('FORMAT_INVALID', 'No image has a class beside it', {
    where: source,
    next: 'There must be a .cls, a .json with its class (name the field with --class-column), or a folder per class.',
  });
}

async function* labels(samples: AsyncIterable<SeriesSample>, label: LabelIndex): AsyncGenerator<unknown> {
  for await (const sample of samples) yield labelOf(sample, label);
}

function describe(label: LabelIndex): string {
  if (label === 'cls') return '.cls';
  if (typeof label === 'object' && 'folderLevel' in label) return 'the folder in the tar';
  return label === 'txt' ? 'the caption (.txt); --class-column names another' : `field ${label.field} of .json`;
}

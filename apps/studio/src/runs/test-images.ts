import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import type { StudioTestImage, StudioTestImages } from '@winnow/contracts';
import { digestTestList, readTestAnswers } from '@winnow/runs';
import type { TestAnswers } from '@winnow/runs';
import { listLabelledFiles } from '@winnow/shards';
import type { LabelledFile } from '@winnow/shards';
import { KeptForAWhile } from '../images/kept-for-a-while';

/** Which test images are asked for: of one run those of a cell, of two those that one alone knows. */
export interface TestImageQuery {
  readonly trueClass: string | undefined;
  readonly predictedClass: string | undefined;
  /** `gained`: the second run knows them and the first does not; `lost`: the other way round. */
  readonly flips: 'gained' | 'lost' | undefined;
  readonly from: number;
  readonly count: number;
}

/** The test list and its digest. */
interface TestList {
  readonly files: readonly LabelledFile[];
  readonly digest: string;
}

/** The test images of a project, and what its runs took them for. */
export class TestImages {
  /** Null: the project names none. */
  readonly #list: KeptForAWhile<TestList | null>;

  constructor({ evaluate, paths }: Pick<ProjectConfig, 'evaluate' | 'paths'>, now: () => Date) {
    this.#list = new KeptForAWhile(async () => {
      if (evaluate.test === undefined) return null;
      const files = await listLabelledFiles(path.resolve(paths.root, evaluate.test));
      return { files, digest: digestTestList(files) };
    }, now);
  }

  /**
   * Images of a cell or those that flipped, in the order of the test list.
   * @param folders of one run or two
   */
  async find(folders: readonly string[], query: TestImageQuery): Promise<StudioTestImages> {
    const answers = await Promise.all(folders.map(readTestAnswers));
    const whole = answers.filter((one) => one !== null);
    const [first] = whole;
    if (first === undefined || whole.length < answers.length) return missing(NOT_KEPT);
    if (whole.some(({ listDigest }) => listDigest !== first.listDigest)) return missing(OTHER_TEST);
    const list = await this.listOf(first.listDigest);
    if (typeof list === 'string') return missing(list);
    const rows = rowsOf(whole, query);
    const shown = rows.slice(query.from, query.from + query.count);
    return { total: rows.length, images: shown.map((row) => imageOf(row, list, whole)), missing: null };
  }

  /** The list that a run was measured on, or why there is none. @param listDigest of its answers; null: there are none */
  async listOf(listDigest: string | null): Promise<readonly LabelledFile[] | string> {
    if (listDigest === null) return NOT_KEPT;
    const list = await this.#list.get().catch(() => null);
    return list?.digest === listDigest ? list.files : CHANGED;
  }

  /** Its bytes as they lie there, which are hostile; null where the list has no such image. */
  async read(index: number): Promise<Uint8Array | null> {
    const list = await this.#list.get().catch(() => null);
    return (await list?.files[index]?.read()) ?? null;
  }
}

const NOT_KEPT =
  'What this run said of each test image was not kept, as in earlier versions, or is damaged: `winnow evaluate PROJECT` keeps it.';
const OTHER_TEST =
  'These runs were measured on different test images: `winnow evaluate PROJECT` measures all of the newest data set on the present ones.';
const CHANGED =
  'The test images are not those that this run was measured on: `winnow evaluate PROJECT` measures it on the present ones.';

function missing(why: string): StudioTestImages {
  return { total: 0, images: [], missing: why };
}

/** Rows of the test list. */
function rowsOf(answers: readonly TestAnswers[], query: TestImageQuery): readonly number[] {
  const [first, second] = answers;
  if (first === undefined) return [];
  const { labels, predicted, classes } = first;
  const wanted = (name: string | undefined): number | null => (name === undefined ? null : classes.indexOf(name));
  const [wantedTrue, wantedPredicted] = [wanted(query.trueClass), wanted(query.predictedClass)];
  const rows: number[] = [];
  for (let row = 0; row < labels.length; row += 1) {
    if (wantedTrue !== null && labels[row] !== wantedTrue) continue;
    if (wantedPredicted !== null && predicted[row] !== wantedPredicted) continue;
    if (second !== undefined && query.flips !== undefined) {
      const [knew, knows] = [predicted[row] === labels[row], second.predicted[row] === second.labels[row]];
      if (query.flips === 'gained' ? knew || !knows : !knew || knows) continue;
    }
    rows.push(row);
  }
  return rows;
}

function imageOf(row: number, files: readonly LabelledFile[], answers: readonly TestAnswers[]): StudioTestImage {
  return {
    index: row,
    name: files[row]?.key ?? '',
    trueClass: files[row]?.className ?? '',
    predicted: answers.map(({ classes, predicted }) => classes[predicted[row] as number] as string),
  };
}

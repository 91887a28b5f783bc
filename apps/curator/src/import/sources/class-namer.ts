import { WinnowError } from '@winnow/contracts';
import type { Refusal, SourceItem } from './import-source';

/** What a source states as the class of an image. */
export type StatedClass =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'none' }
  /** A number beyond the list of classes. */
  | { readonly kind: 'beyond'; readonly name: string }
  /** Neither text nor number. */
  | { readonly kind: 'unusable' };

/** How a class is named in a project: without blanks around it. */
export function plainClassName(text: string): string {
  return text.trim();
}

/** The text of a cell: itself, a number in digits, nothing for an empty cell; null for what is neither text nor number. */
export function cellText(value: unknown): string | null {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' ? value.trim() : null;
}

/** Makes class names of what one reading of a source states: names as they are, numbers by a list of classes. */
export class ClassNamer {
  readonly #names: ReadonlySet<string>;
  #named = 0;
  #beyond: string | undefined;

  /**
   * @param classes null where there is no such list
   * @param where named in errors
   */
  constructor(
    private readonly classes: readonly string[] | null,
    private readonly where: string,
  ) {
    this.#names = new Set(classes);
  }

  /** @throws WinnowError MISSING_INPUT for a number without a list */
  name(value: unknown): StatedClass {
    const cell = cellText(value);
    if (cell === null) return { kind: 'unusable' };
    const text = plainClassName(cell);
    if (text === '') return { kind: 'none' };
    if (this.#names.has(text) || !/^\d{1,9}$/.test(text)) return this.#known(text);
    if (this.classes === null) {
      throw new WinnowError('MISSING_INPUT', `The source gives classes by number (${text}) and no names`, {
        where: this.where,
        next: 'Name them in order: --classes cat,dog,bird.',
      });
    }
    const name = this.classes[Number(text)];
    if (name !== undefined) return this.#known(name);
    this.#beyond ??= text;
    return { kind: 'beyond', name: text };
  }

  /** To be called after the last. @throws WinnowError FORMAT_INVALID where all were numbers beyond the list */
  finish(): void {
    if (this.#beyond === undefined || this.#named > 0) return;
    throw new WinnowError(
      'FORMAT_INVALID',
      `Class ${this.#beyond} is not among the ${this.classes?.length ?? 0} classes`,
      { where: this.where, next: 'Name all of them in order: --classes cat,dog,bird.' },
    );
  }

  #known(name: string): StatedClass {
    this.#named += 1;
    return { kind: 'named', name };
  }
}

/** The class names of a series of stated values; null for a value that names none that a project may have. */
export async function* namesOf(values: AsyncIterable<unknown>, namer: ClassNamer): AsyncGenerator<string | null> {
  for await (const value of values) {
    const stated = namer.name(value);
    yield stated.kind === 'named' ? stated.name : null;
  }
  namer.finish();
}

/** Class and refusal of an item. */
export function itemClass(stated: StatedClass): Pick<SourceItem, 'className' | 'refusal'> {
  if (stated.kind === 'none') return { className: null };
  if (stated.kind !== 'unusable') return { className: stated.name };
  return { className: null, refusal: unusable('the class is neither text nor a number') };
}

/** The refusal of an item that is not in the form of its source. */
export function unusable(detail: string): Refusal {
  return { ok: false, outcome: 'format_refused', detail };
}

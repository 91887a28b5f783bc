import type { JsonValue } from '@winnow/contracts';
import { inline } from './markdown-table';

/** Settings of a data set that was made by a split, or with other labels than the given ones. */
interface Cleaned {
  /** `where` asks what people decided. */
  readonly decisions?: boolean;
  readonly split?: { readonly id: string; readonly method: string; readonly build: string };
  readonly build?: { readonly labels?: string; readonly where?: string };
}

/** Whether samples may have other labels than the given ones. @param config of the manifest */
export function hasOtherLabels(config: JsonValue): boolean {
  return (config as Cleaned | null)?.build?.labels !== undefined;
}

/**
 * Which labels and which images a cleaned data set has, as lines of its card; none for others.
 * @param config of the manifest
 * @param relabelled samples with another label than the given one
 */
export function cardCleaning(config: JsonValue, relabelled: number): string[] {
  const { split, decisions, build = {} } = (config ?? {}) as Cleaned;
  const { where, labels } = build;
  return [
    ...((split === undefined && decisions === undefined) || where === undefined
      ? []
      : [`- only images for which this holds: ${inline(where)}`]),
    ...(labels === undefined
      ? []
      : [
          `- labels: ${inline(labels)}; ${relabelled} are not those under which images were collected (\`givenClass\`)`,
        ]),
    ...(split === undefined
      ? []
      : [
          `- cleaned by the split ${inline(split.id)} (${inline(split.method)}) of the data set ${inline(split.build)}`,
        ]),
  ];
}

import { percentText } from '../progress/figure-texts';

/** Column of a table; numbers go to the right. */
export interface CardColumn {
  readonly heading: string;
  readonly isNumber?: boolean;
}

/** A Markdown table; cells are made safe. */
export function cardTable(columns: readonly CardColumn[], rows: readonly (readonly string[])[]): string[] {
  return [
    tableRow(columns.map(({ heading }) => heading)),
    `| ${columns.map(({ isNumber }) => (isNumber === true ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(tableRow),
  ];
}

/** Names and values, without a head. */
export function factTable(rows: readonly (readonly [string, string])[]): string[] {
  return ['| | |', '| --- | --- |', ...rows.map(tableRow)];
}

/** A share in 0..1 as cards show it. */
export function fractionText(fraction: number | null): string {
  return percentText(fraction, { unknown: 'not measured' });
}

/** One line of text that Markdown shows as it is. */
export function inlineText(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').replace(/[\\`*_{}[\]<>|#&]/g, '\\$&');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(inlineText).join(' | ')} |`;
}

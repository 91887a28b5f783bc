/**
 * Log-odds of one class by softmax: `log p / (1 - p)`, exact where p is next to 0 or to 1; Infinity where there is no
 * other class.
 * @param row logits, [classCount]
 */
export function classLogOdds(row: ArrayLike<number>, label: number): number {
  let highest = -Infinity;
  for (let k = 0; k < row.length; k += 1) if (k !== label) highest = Math.max(highest, row[k] as number);
  if (highest === -Infinity) return Infinity;
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) if (k !== label) sum += Math.exp((row[k] as number) - highest);
  return (row[label] as number) - highest - Math.log(sum);
}

/** `log sum exp` of a row, without overflow. */
export function logSumExp(row: ArrayLike<number>): number {
  let highest = -Infinity;
  for (let k = 0; k < row.length; k += 1) highest = Math.max(highest, row[k] as number);
  let sum = 0;
  for (let k = 0; k < row.length; k += 1) sum += Math.exp((row[k] as number) - highest);
  return highest + Math.log(sum);
}

/** What to tell a person whose pool does not fill one batch: a step then draws some of its pictures twice. */
export function smallPoolNotes(count: number, batch: number): readonly string[] {
  return count < batch
    ? [`${count} pictures are fewer than a batch of ${batch}: they are drawn with replacement.`]
    : [];
}

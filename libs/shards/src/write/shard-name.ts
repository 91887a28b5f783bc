/** `train-000012.tar` */
export function shardName(split: string, index: number): string {
  return `${split}-${String(index).padStart(6, '0')}.tar`;
}

/** Whether a file is named as `shardName` names shards. */
export function isShardName(name: string): boolean {
  return /^.+-\d{6,}\.tar$/.test(name);
}

/** Key of the sample at a place in the data set: nine digits, such as `000000042`. */
export function sampleKey(index: number): string {
  return String(index).padStart(9, '0');
}

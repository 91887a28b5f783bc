export interface AtOnceOptions {
  /** Items handled at once. */
  readonly atOnce: number;
  /** Once aborted, no further item is started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Handles items in their order, some at a time; resolves when all are handled, or when those under way at an abort are.
 * @throws the first error of the handler, after the items under way have ended; no further item is started
 */
export async function forEachAtOnce<T>(
  items: Iterable<T>,
  { atOnce, signal }: AtOnceOptions,
  handle: (item: T) => Promise<void>,
): Promise<void> {
  // All take from it: each item is handed out once.
  const queue = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const workOff = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      if (signal?.aborted === true || failure !== undefined) return;
      try {
        await handle(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workOff));
  if (failure !== undefined) throw failure.error;
}

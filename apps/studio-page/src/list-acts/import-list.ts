import { notify } from '../parts/notices';
import { countOf, formatCount } from '../parts/numbers';
import { write } from '../server/client';
import { refreshAfter } from '../server/refresh';

/** As the server takes it; a list of 26,666 images has 3 MB. */
const MAX_BYTES = 60 << 20;

/** Makes decisions of a list of corrections, and says what became of its lines. */
export async function importList(file: File): Promise<void> {
  try {
    if (file.size > MAX_BYTES) throw new Error('This file is larger than 60 MB: winnow review takes it.');
    const { added, known, unknown, otherClasses } = await write('/api/list', {
      name: file.name,
      csv: await file.text(),
    });
    const others = [
      ...(known === 0 ? [] : [`${formatCount(known)} said nothing new`]),
      ...(unknown === 0 ? [] : [`${formatCount(unknown)} named no image of the project`]),
      ...(otherClasses === 0 ? [] : [`${formatCount(otherClasses)} no class of it`]),
    ];
    notify({ text: [`${file.name}: ${countOf(added, 'new decision')}`, ...others].join(', ') });
    refreshAfter({ topic: 'decisions' });
  } catch (error) {
    notify({ text: error instanceof Error ? error.message : String(error), isAlarm: true });
  }
}

import { uuid7 } from '../parts/uuid7';
import { splitEvents } from '../server/event-stream';
import { firstRun, itemsOf } from './waiting-store';
import type { WaitingItem } from './waiting-store';

const decision = (id: string): WaitingItem => {
  return { kind: 'decision', id, decision: { id, sha256: '0'.repeat(64), says: 'open', origin: 'one', batch: id } };
};

describe('decisions that wait', () => {
  it('go together as far as the next undo, which goes by itself', () => {
    const [first, second, last] = [decision('1'), decision('2'), decision('4')];
    const undo: WaitingItem = { kind: 'undo', id: '3' };
    expect(firstRun([first, second, undo, last])).toEqual([first, second]);
    expect(firstRun([undo, last])).toEqual([undo]);
    expect(firstRun([])).toEqual([]);
    const many = Array.from({ length: 2500 }, (_, index) => decision(String(index)));
    expect(firstRun(many)).toEqual(many.slice(0, 1000));
  });

  it('are sent by tabs of whoever made them alone; of earlier versions it is not known', () => {
    const items: readonly WaitingItem[] = [
      { ...decision('1'), person: 'Ben' },
      { kind: 'undo', id: '2', person: 'Anna' },
      decision('3'),
    ];
    expect(itemsOf('Anna', items).map(({ id }) => id)).toEqual(['2', '3']);
    expect(itemsOf('Ben', items).map(({ id }) => id)).toEqual(['1', '3']);
  });

  it('have ids of version 7, which sort by time', () => {
    const random = Uint8Array.from([0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x11, 0x22]);
    expect(uuid7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7123-8567-9abcdef01122');
    const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (let byte = 0; byte < 256; byte += 1)
      expect(uuid7(1e12 + byte, new Uint8Array(10).fill(byte))).toMatch(pattern);
  });
});

describe('the stream of events', () => {
  it('is cut into whole events, heartbeats left out', () => {
    const { events, left } = splitEvents(
      'id: 3\n: listening\n\nid: 4\ndata: {"number":4,"topic":"runs"}\n\n: \n\ndata: {"num',
    );
    expect(events).toEqual([{ number: 4, topic: 'runs' }]);
    expect(left).toBe('data: {"num');
    expect(splitEvents(`${left}ber":5,"topic":"crawl"}\r\n\r\n`).events).toEqual([{ number: 5, topic: 'crawl' }]);
  });
});

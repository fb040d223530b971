import { describe, expect, test } from 'vitest';
import { requestOf } from './request-of.ts';

describe('what the client is asked for', () => {
  test('words become bytes', () => {
    expect(requestOf('put', { key: ' ä ', value: '1' })).toEqual({
      type: 'put',
      key: '\u00c3\u00a4',
      value: '1',
    });
  });

  test('an empty key is asked for, but a scan may begin anywhere', () => {
    expect(requestOf('get', { key: ' ' })).toBe('key');
    expect(requestOf('scan', {})).toMatchObject({ type: 'scan', from: '', to: '' });
  });

  test('a read goes the way that was chosen, a write has none', () => {
    const path = { type: 'replica', store: 2 } as const;
    expect(requestOf('get', { key: 'a' }, path)).toMatchObject({ read: path });
    expect(requestOf('scan', {}, path)).toMatchObject({ read: path });
    expect(requestOf('put', { key: 'a', value: '1' }, path)).not.toHaveProperty('read');
  });

  test('a swap with nothing before it expects that the key does not exist', () => {
    expect(requestOf('cas', { key: 'a', previous: '', value: '2' })).toMatchObject({
      previous: null,
    });
    expect(requestOf('cas', { key: 'a', previous: '1', value: '2' })).toMatchObject({
      previous: '1',
    });
  });
});

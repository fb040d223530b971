import { expect, test } from 'vitest';
import { version } from '../../package.json';
import { LOOM_VERSION } from '../browser/version.ts';

test('the page says the version that the package has', () => {
  expect(LOOM_VERSION).toBe(version);
});

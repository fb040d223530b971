// The fixture of the demos: a page on which a scene is played. See README.md.

import { readFileSync } from 'node:fs';
import { test as base, type Locator, type Page } from 'playwright/test';
import type { Golden, GoldenScene } from '../../src/lab/golden.ts';
import '../live-page.ts';
import { shoot } from '../shots.ts';

const GOLDEN = new URL('../../src/lessons/scenes/golden.json', import.meta.url);

export class ScenePage {
  readonly page: Page;
  /** The sentence under the picture. */
  readonly sentence: Locator;
  #id = '';
  #shots = 0;

  constructor(page: Page) {
    this.page = page;
    this.sentence = page.locator('.scene-sentence');
  }

  /** Opens the page at the scene, by its link; the first step is played. */
  async open(id: string): Promise<void> {
    this.#id = id;
    await this.page.goto(`/?scene=${id}`);
    await this.#stands();
    // As fast as it goes: what is seen on the way is for people.
    await this.page.evaluate(async () => {
      await window.lab.play('max');
      await window.lab.stop();
    });
    await this.#shoot();
  }

  /** Presses Next, and waits until the step has come about. */
  async next(): Promise<void> {
    const count = this.page.locator('.scene-count');
    const before = await count.innerText();
    // A press within a moment of the end of a long step is taken for haste about that one.
    do {
      await this.page.getByRole('button', { name: 'Next', exact: true }).click();
      await this.#stands();
    } while ((await count.innerText()) === before);
    await this.#shoot();
  }

  /** Presses Next until the last step. */
  async toTheEnd(): Promise<void> {
    while ((await this.page.locator('.scene-next').count()) > 0) await this.next();
  }

  /** The journal's fingerprint, of the scene's cluster. */
  hash(): Promise<string> {
    return this.page.evaluate(() => window.lab.hash());
  }

  /** What the scene must come to, as it is kept beside the scenes. */
  get golden(): GoldenScene {
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Golden;
    return golden[this.#id] ?? { hash: 'none', steps: {} };
  }

  /** Between two steps, or where one did not come about: then the page says why, and so does the test. */
  async #stands(): Promise<void> {
    const ended = this.page.locator(':is([data-phase="standing"], [data-phase="failed"])');
    await ended.waitFor();
    if ((await this.sentence.getAttribute('data-phase')) === 'failed')
      throw new Error(await this.sentence.innerText());
  }

  /** A picture of each step. */
  async #shoot(): Promise<void> {
    this.#shots += 1;
    await shoot(this.page, `${this.#id}-${this.#shots}`);
  }
}

export const test = base.extend<{ scene: ScenePage }>({
  scene: async ({ page }, give) => give(new ScenePage(page)),
});

export { expect } from 'playwright/test';

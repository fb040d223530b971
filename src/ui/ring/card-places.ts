// Where the words of a card stand, for each size of card. Pure numbers from the drawings.

import { LEARNER_HEIGHT, type CardSize } from './cluster-layout.ts';

export interface CardPlaces {
  readonly pad: number;
  readonly nameY: number;
  readonly wordX: number;
  readonly wordSize: number;
  readonly termY: number;
  readonly termX: number;
  readonly noteX: number;
  readonly lastY: number;
  readonly dial: { readonly fromRight: number; readonly y: number; readonly radius: number } | null;
  /** The countdown in figures has room. */
  readonly figures: boolean;
  readonly voteRadius: number;
  /** Vote dots carry the names of their stores. */
  readonly voteNames: boolean;
}

const CARD_PLACES: Record<CardSize, CardPlaces> = {
  large: {
    pad: 14,
    nameY: 27,
    wordX: 44,
    wordSize: 13,
    termY: 53,
    termX: 44,
    noteX: 66,
    lastY: 80,
    dial: { fromRight: 26, y: 24, radius: 9 },
    figures: true,
    voteRadius: 5,
    voteNames: true,
  },
  middle: {
    pad: 14,
    nameY: 27,
    wordX: 44,
    wordSize: 13,
    termY: 52,
    termX: 44,
    noteX: 62,
    lastY: 68,
    dial: { fromRight: 17, y: 23, radius: 8 },
    figures: false,
    voteRadius: 5,
    voteNames: false,
  },
  small: {
    pad: 10,
    nameY: 23,
    wordX: 37,
    wordSize: 12,
    termY: 43,
    termX: 38,
    noteX: 60,
    lastY: 60,
    dial: { fromRight: 15, y: 19, radius: 6.5 },
    figures: false,
    voteRadius: 4,
    voteNames: false,
  },
  tiny: {
    pad: 8,
    nameY: 20,
    wordX: 33,
    wordSize: 12,
    termY: 36,
    termX: 36,
    noteX: 56,
    lastY: 50,
    dial: { fromRight: 17, y: 30.5, radius: 6 },
    figures: false,
    voteRadius: 3.5,
    voteNames: false,
  },
};

/** On the lower card of a learner the lines stand closer. */
export function cardPlaces(size: CardSize, learner: boolean): CardPlaces {
  const at = CARD_PLACES[size];
  if (!learner) return at;
  const nameY = Math.round(at.nameY * LEARNER_HEIGHT) + 2;
  const lastY = Math.round(at.lastY * LEARNER_HEIGHT) + 3;
  return {
    ...at,
    nameY,
    termY: Math.round((nameY + lastY) / 2),
    lastY,
    dial: at.dial === null ? null : { ...at.dial, y: Math.round(at.dial.y * LEARNER_HEIGHT) + 1 },
  };
}
